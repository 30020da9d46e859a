// The runs of a repository as their files tell: ours, and those that the original oompa left. A run that is not over is told from its journal.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { artifactsOfJournal } from '../core/artifacts.ts';
import { exitCodes, Refusal } from '../core/errors.ts';
import { compareIds, isId } from '../core/ids.ts';
import type { State } from '../core/state.ts';
import { readJournal } from '../disk/journal-read.ts';
import type { Paths } from '../disk/paths.ts';

// Whatever is missing has a plain value, and unknown keys pass: the original changed these files from version to version.
const SeatSeen = z.object({
  id: z.string(),
  harness: z.string().default(''),
  model: z.string().nullish(),
  reasoning: z.string().nullish(),
  iterations: z.number().optional(),
  'max-cycles': z.number().optional(),
});
const StartedSeen = z.object({
  'started-at': z.string(),
  pid: z.number().nullish(),
  'config-file': z.string().nullish(),
  workers: z.array(SeatSeen).default([]),
});
const UsageSeen = {
  'input-tokens': z.number().default(0),
  'output-tokens': z.number().default(0),
  'cost-usd': z.number().nullish(),
};
const StoppedSeen = z.object({
  'stopped-at': z.string(),
  reason: z.string(),
  error: z.string().nullish(),
  ...UsageSeen,
});
const CycleSeen = z.looseObject({
  'worker-id': z.string(),
  cycle: z.number(),
  outcome: z.string(),
  timestamp: z.string().default(''),
  'duration-ms': z.number().default(0),
  'claimed-task-ids': z.array(z.string()).default([]),
  'error-snippet': z.string().nullish(),
  ...UsageSeen,
});
export type CycleSeen = z.infer<typeof CycleSeen>;
const ReviewSeen = z.looseObject({
  'worker-id': z.string(),
  cycle: z.number(),
  round: z.number(),
  verdict: z.string(),
  by: z.string().default('reviewer'),
});
export type ReviewSeen = z.infer<typeof ReviewSeen>;

export interface Run {
  id: string;
  /** Null when its start was never written down. */
  started: z.infer<typeof StartedSeen> | null;
  stopped: z.infer<typeof StoppedSeen> | null;
  /** By worker, then number. */
  cycles: CycleSeen[];
  reviews: ReviewSeen[];
  /** Of a run that is not over and has a journal. */
  state: State | null;
  /** Files that could not be read. */
  broken: string[];
}

/** Ids of all runs, the newest first. */
export function runIds(paths: Paths): string[] {
  return namesIn(paths.runs)
    .filter((id) => isId(id) && ['started.json', 'journal.jsonl'].some((file) => existsSync(join(paths.run(id), file))))
    .map((id) => ({ id, at: startOf(paths, id) }))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : compareIds(a.id, b.id)))
    .map(({ id }) => id);
}

/** The run whose id begins with `text`; the newest when none is named. Throws a Refusal that names the known ones. */
export function findRun(paths: Paths, text?: string): string {
  const ids = runIds(paths);
  const found = text === undefined ? ids.slice(0, 1) : ids.includes(text) ? [text] : ids.filter(startsWith(text));
  if (found.length === 1 && found[0]) return found[0];
  if (ids.length === 0)
    throw new Refusal('no swarm was ever started in this repository', {
      hint: 'start one: oompa tui, or oompa run',
      exitCode: exitCodes.noinput,
    });
  const shown = (found.length > 1 ? found : ids).slice(0, 10);
  throw new Refusal(found.length > 1 ? `${text} is the start of several swarms` : `there is no swarm ${text}`, {
    hint: `known: ${shown.join(', ')}${ids.length > shown.length ? '; oompa list --all shows all' : ''}`,
    exitCode: exitCodes.noinput,
  });
}

export function readRun(paths: Paths, id: string): Run {
  const folder = paths.run(id);
  const run: Run = { id, started: null, stopped: null, cycles: [], reviews: [], state: null, broken: [] };
  // The end is written last: with it, everything is there.
  if (!existsSync(join(folder, 'stopped.json')) && existsSync(paths.journal(id))) {
    const { artifacts, state } = artifactsOfJournal(readJournal(paths.journal(id)).lines);
    run.state = state;
    for (const { path, content } of artifacts) put(run, path, content);
  } else {
    const files = ['cycles', 'reviews'].flatMap((name) => namesIn(join(folder, name)).map((file) => `${name}/${file}`));
    for (const path of ['started.json', 'stopped.json', ...files.filter((file) => file.endsWith('.json'))]) {
      if (!existsSync(join(folder, path))) continue;
      if (!put(run, path, parse(join(folder, path)))) run.broken.push(path);
    }
  }
  run.cycles.sort((a, b) => compareIds(a['worker-id'], b['worker-id']) || a.cycle - b.cycle);
  run.reviews.sort((a, b) => compareIds(a['worker-id'], b['worker-id']) || a.cycle - b.cycle || a.round - b.round);
  return run;
}

/** Puts the content of a file where it belongs; false when it is not what its name says. */
function put(run: Run, path: string, content: unknown): boolean {
  if (path === 'started.json') run.started = StartedSeen.safeParse(content).data ?? null;
  else if (path === 'stopped.json') run.stopped = StoppedSeen.safeParse(content).data ?? null;
  else if (path.startsWith('cycles/')) return add(run.cycles, CycleSeen.safeParse(content).data);
  else return add(run.reviews, ReviewSeen.safeParse(content).data);
  return (path === 'started.json' ? run.started : run.stopped) !== null;
}

function add<T>(list: T[], value: T | undefined): boolean {
  if (value !== undefined) list.push(value);
  return value !== undefined;
}

function startOf(paths: Paths, id: string): string {
  const started = StartedSeen.safeParse(parse(join(paths.run(id), 'started.json'))).data;
  if (started) return started['started-at'];
  try {
    return readJournal(paths.journal(id)).lines[0]?.at ?? '';
  } catch {
    return '';
  }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}

function startsWith(text: string): (id: string) => boolean {
  return (id) => text !== '' && id.startsWith(text);
}

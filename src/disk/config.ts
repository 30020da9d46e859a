// Reads oompa.json. Whatever is wrong with it is told at once, with file, field, and what to write instead.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Config, type ConfigInput, type Reviewer, reviewerKeys, type WorkerConfig } from '../core/config.ts';
import { errnoOf, exitCodes, messageOf, Refusal } from '../core/errors.ts';
import { type ConfigProblem, describeProblems } from './config-problems.ts';
import { parseJson, SyntaxProblem } from './json.ts';
import type { Paths } from './paths.ts';
import { findPrompt, promptNames, promptPlaces } from './prompts.ts';

export interface LoadedConfig {
  config: Config;
  /** Absolute path of the file it came from; null when the command line took the place of one. */
  file: string | null;
  /** Absolute path of every prompt file, by its name as promptNames gives it. */
  promptFiles: ReadonlyMap<string, string>;
}

/** A config file, and whatever is wrong with it. `config` is null when the file is no config. */
export interface InspectedConfig {
  file: string | null;
  config: Config | null;
  promptFiles: ReadonlyMap<string, string>;
  problems: ConfigProblem[];
}

/**
 * Reads a config: `file` (relative to the working folder) if given, otherwise oompa.json or oompa/oompa.json in the repository. Throws a
 * Refusal when there is none (noinput), or when it cannot be read as JSON (config). `workers` take the place of those of the file, and then
 * none is needed.
 */
export function inspectConfig(
  paths: Pick<Paths, 'root' | 'config'>,
  file?: string,
  workers?: ConfigInput['workers'],
): InspectedConfig {
  const found = readConfig(paths, file, workers !== undefined);
  const value = workers && isRecord(found.value) ? { ...found.value, workers } : found.value;
  const parsed = Config.safeParse(value);
  const promptFiles = new Map<string, string>();
  if (!parsed.success)
    return { file: found.file, config: null, promptFiles, problems: describeProblems(parsed.error.issues, value) };
  const problems: ConfigProblem[] = [];
  for (const { field, spec } of prompted(parsed.data)) {
    for (const [place, name] of promptNames(spec).entries()) {
      const path = findPrompt(name, found.file, paths.root);
      const key = spec.prompt.length > 0 ? `prompt[${place}]` : 'role';
      if (path) promptFiles.set(name, path);
      else problems.push({ field: `${field}.${key}`, what: missingPrompt(name, promptPlaces(found.file, paths.root)) });
    }
  }
  return { file: found.file, config: parsed.data, promptFiles, problems };
}

/** What was inspected, as a config that can be used; throws a Refusal that tells every problem of it. */
export function usable({ file, config, promptFiles, problems }: InspectedConfig): LoadedConfig {
  if (config && problems.length === 0) return { file, config, promptFiles };
  const lines = problems.map(({ field, what }) => `  ${field}: ${what}`);
  throw new Refusal(`${file ?? 'the command line'} cannot be used:\n${lines.join('\n')}`, {
    hint: `mend the field${problems.length === 1 ? '' : 's'} above and start again`,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readConfig(
  paths: Pick<Paths, 'root' | 'config'>,
  file: string | undefined,
  optional: boolean,
): { file: string | null; value: unknown } {
  const candidates = file === undefined ? [paths.config, join(paths.root, 'oompa', 'oompa.json')] : [resolve(file)];
  for (const candidate of candidates) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(candidate));
      return { file: candidate, value: parse(candidate, text) };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') continue;
      if (error instanceof Refusal) throw error;
      throw new Refusal(
        `cannot read ${candidate}: ${error instanceof TypeError ? 'it is not UTF-8 text' : messageOf(error)}`,
        {
          hint: 'it should be a JSON file in UTF-8',
          exitCode: exitCodes.noinput,
          cause: error,
        },
      );
    }
  }
  if (optional && file === undefined) return { file: null, value: {} };
  throw new Refusal(`there is no ${candidates.join(' or ')}`, {
    hint: 'write one, for instance: {"workers": [{"model": "command:./my-agent.sh", "count": 3}]}; or see it work first: oompa demo',
    exitCode: exitCodes.noinput,
  });
}

function parse(file: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    throw new Refusal(
      `${file}:${error.line}:${error.column}: ${error.message.replace(/^line \d+, column \d+: /, '')}`,
      {
        hint: 'the file must be JSON: no comments, no comma after the last entry, names in double quotes',
        cause: error,
      },
    );
  }
}

function missingPrompt(name: string, places: string[]): string {
  return `there is no prompt file ${name} (looked in ${places.join(', ')})`;
}

/** Everything in a config that has prompts, with the name of its field. */
function prompted(config: Config): { field: string; spec: Pick<WorkerConfig, 'prompt' | 'role'> }[] {
  const { workers, planner } = config;
  return [
    ...workers.flatMap((spec, n) => [{ field: `workers[${n}]`, spec }, ...reviewersIn(spec, `workers[${n}].`)]),
    ...reviewersIn(config, ''),
    ...(planner ? [{ field: 'planner', spec: { ...planner, role: 'planner' } }] : []),
  ];
}

function reviewersIn(from: Pick<Config, (typeof reviewerKeys)[number]>, before: string) {
  return reviewerKeys.flatMap((key) => {
    const value = from[key];
    const named = (each: Reviewer, place: string) => ({
      field: `${before}${key}${place}`,
      spec: { ...each, role: 'reviewer' },
    });
    if (Array.isArray(value)) return value.map((each, n) => named(each, `[${n}]`));
    return value ? [named(value, '')] : [];
  });
}

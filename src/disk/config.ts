// Loads oompa.json. Whatever is wrong with it is told at once, with file, field, and what to write instead.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Config, type Reviewer, reviewerKeys, type WorkerConfig } from '../core/config.ts';
import { errnoOf, exitCodes, messageOf, Refusal } from '../core/errors.ts';
import { describeProblems } from './config-problems.ts';
import { parseJson, SyntaxProblem } from './json.ts';
import { type Paths, packageFolder } from './paths.ts';

export interface LoadedConfig {
  config: Config;
  /** Absolute path of the file it came from. */
  file: string;
  /** Absolute path of every prompt file, by its name as promptNames gives it. */
  promptFiles: ReadonlyMap<string, string>;
}

/**
 * Loads the config: `file` (relative to the working folder) if given, otherwise oompa.json or oompa/oompa.json in the repository.
 * Throws a Refusal: noinput when there is none, config when it is wrong (every problem of the file in one message).
 */
export function loadConfig(paths: Pick<Paths, 'root' | 'config'>, file?: string): LoadedConfig {
  const found = findConfig(paths, file);
  const value = parse(found.file, found.text);
  const parsed = Config.safeParse(value);
  if (!parsed.success) throw configRefusal(found.file, describeProblems(parsed.error.issues, value));
  const promptFiles = new Map<string, string>();
  const missing: string[] = [];
  for (const { field, spec } of prompted(parsed.data)) {
    for (const [place, name] of promptNames(spec).entries()) {
      const path = findPrompt(name, found.file, paths.root);
      if (path) promptFiles.set(name, path);
      else {
        const key = spec.prompt.length > 0 ? `prompt[${place}]` : 'role';
        const places = promptPlaces(found.file, paths.root).join(', ');
        missing.push(`${field}.${key}: there is no prompt file ${name} (looked in ${places})`);
      }
    }
  }
  if (missing.length > 0) throw configRefusal(found.file, missing);
  return { config: parsed.data, file: found.file, promptFiles };
}

/** The prompt files that a worker's spec asks for: its own, or the one of its role. */
export function promptNames(worker: Pick<WorkerConfig, 'prompt' | 'role'>): string[] {
  return worker.prompt.length > 0 ? worker.prompt : [`prompts/${worker.role}.md`];
}

/** Absolute path of a prompt file: beside the config file, in the repository, or among oompa's own; null when it is nowhere. */
export function findPrompt(name: string, configFile: string | null, root: string): string | null {
  const candidates = promptPlaces(configFile, root).map((folder) => resolve(folder, name));
  return candidates.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile()) ?? null;
}

function promptPlaces(configFile: string | null, root: string): string[] {
  const ours = packageFolder();
  return [...new Set([...(configFile ? [dirname(configFile)] : []), root, ours, join(ours, 'prompts')])];
}

function findConfig(paths: Pick<Paths, 'root' | 'config'>, file: string | undefined): { file: string; text: string } {
  const candidates = file === undefined ? [paths.config, join(paths.root, 'oompa', 'oompa.json')] : [resolve(file)];
  for (const candidate of candidates) {
    try {
      return {
        file: candidate,
        text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(candidate)),
      };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') continue;
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

/** Told at once: every problem of a file, each beginning with its field. */
export function configRefusal(file: string, problems: readonly string[]): Refusal {
  return new Refusal(`${file} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, {
    hint: `mend the field${problems.length === 1 ? '' : 's'} above and start again`,
  });
}

// Prompt files: where they are looked for, and their text with the files that it includes.
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { WorkerConfig } from '../core/config.ts';
import { EffectError, messageOf } from '../core/errors.ts';
import { type Paths, packageFolder } from './paths.ts';

/** Files of the original oompa that have another name here; the others of its `config/prompts/` have the same. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['_agent_scope_rules.md', '_scope.md'],
  ['_task_header.md', '_task-rules.md'],
]);

/** The prompt files that a worker's spec asks for: its own, or the one of its role. */
export function promptNames(worker: Pick<WorkerConfig, 'prompt' | 'role'>): string[] {
  return worker.prompt.length > 0 ? worker.prompt : [bundled(worker.role)];
}

/** The name of a prompt that oompa brings; a file of that name in the repository takes its place. */
export function bundled(name: string): string {
  return `prompts/${name}.md`;
}

/** Absolute path of a prompt file: beside the file that names it (`from`), in the repository, or among oompa's own; null when it is nowhere. */
export function findPrompt(name: string, from: string | null, root: string): string | null {
  const path = name.replace(/^~(?=\/)/, homedir());
  const candidates = promptPlaces(from, root).map((folder) => resolve(folder, path));
  const own = path.replace(/^config\/prompts\//, '');
  candidates.push(join(packageFolder(), 'prompts', renamed.get(own) ?? own));
  return candidates.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile()) ?? null;
}

/** The folders in which findPrompt looks. */
export function promptPlaces(from: string | null, root: string): string[] {
  const ours = packageFolder();
  return [...new Set([...(from ? [dirname(from)] : []), root, ours, join(ours, 'prompts')])];
}

/** An include that cannot be followed. */
export interface IncludeProblem {
  file: string;
  /** Counts from 1. */
  line: number;
  what: string;
}

/**
 * The text of the prompt that a config or a role names, includes put in; what is wrong with those goes to `tell`. Throws an EffectError when
 * there is no such file, or it cannot be read.
 */
export function promptText(
  { root }: Pick<Paths, 'root'>,
  configFile: string | null,
  name: string,
  tell: (text: string) => void,
): string {
  const file = findPrompt(name, configFile, root);
  const failed = (message: string, cause?: unknown) =>
    new EffectError({ code: 'no-prompt', message, retryable: true, hint: 'put the file back', cause });
  if (!file)
    throw failed(`there is no prompt file ${name} any more (looked in ${promptPlaces(configFile, root).join(', ')})`);
  try {
    const { text, problems } = readPrompt(file, root);
    for (const { file: place, line, what } of problems) tell(`prompt ${place}:${line}: ${what}`);
    return text;
  } catch (error) {
    throw failed(`the prompt file ${file} cannot be read: ${messageOf(error)}`, error);
  }
}

const directive = /^\s*#oompa_directive:include_file\s+"([^"]+)"\s*$/;

/**
 * The text of a prompt file, with a line `#oompa_directive:include_file "path"` replaced by what that file holds, at any depth. Where an
 * include cannot be followed the text says so, and so do `problems`. Throws as readFileSync does.
 */
export function readPrompt(file: string, root: string): { text: string; problems: IncludeProblem[] } {
  const problems: IncludeProblem[] = [];
  return { text: expand(file, root, [], problems), problems };
}

function expand(file: string, root: string, above: readonly string[], problems: IncludeProblem[]): string {
  const chain = [...above, file];
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  const expanded = lines.map((line, index) => {
    const [, target] = directive.exec(line) ?? [];
    if (target === undefined) return line;
    const problem = (what: string) => {
      problems.push({ file, line: index + 1, what });
      return `[oompa] ${what}`;
    };
    if (target.trim() === '') return problem('Empty include target in prompt directive');
    const found = findPrompt(target, file, root);
    if (!found) return problem(`Could not include "${target}"`);
    if (chain.includes(found)) return problem(`Skipping already-included file: "${target}"`);
    try {
      const text = expand(found, root, chain, problems);
      return `We have included the content of file: "${target}" below\n${text}`;
    } catch (error) {
      return problem(`Could not include "${target}": ${messageOf(error)}`);
    }
  });
  return expanded.join('\n').trimEnd();
}

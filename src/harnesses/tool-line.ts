// One line for a tool call, and a small diff for an edit, from the names of arguments that the CLIs have in common.
import { isAbsolute, relative } from 'node:path';
import { dig, textAt } from './shape.ts';

export interface ToolLine {
  /** `Bash npm test`, `Edit src/a.ts +3 -1`. */
  summary: string;
  diff?: string;
}

const paths = ['file_path', 'filePath', 'absolute_path', 'notebook_path', 'path', 'dir_path'];
const subjects = ['command', 'cmd', 'pattern', 'query', 'url', 'skill', 'description', 'prompt', 'name'];
const before = ['old_string', 'oldString'];
const after = ['new_string', 'newString', 'content', 'patchText'];

export function toolLine(name: string, input: unknown, cwd: string): ToolLine {
  const first = (keys: readonly string[]) => keys.map((key) => textAt(input, key)).find((each) => each !== '') ?? '';
  const path = first(paths);
  const subject = path ? within(path, cwd) : first(subjects).trim().replace(/\s+/g, ' ');
  const written = after.some((key) => typeof dig(input, key) === 'string');
  const change = written ? lineChange(first(before), first(after)) : null;
  const summary = [name, cut(subject), ...(change ? [`+${change.added}`, `-${change.removed}`] : [])];
  return { summary: summary.filter(Boolean).join(' '), ...(change?.diff && { diff: change.diff }) };
}

/** A path as a person would say it in the worktree. */
export function within(path: string, cwd: string): string {
  const inside = isAbsolute(path) ? relative(cwd, path) : path;
  return inside.startsWith('..') ? path : inside || '.';
}

/** Diff lines that are shown at the most. */
const mostLines = 8;

/** The hunks of a unified diff, bounded, without its headings. */
export function shortDiff(lines: readonly string[]): string {
  const kept = lines.filter((line) => /^[-+ ]/.test(line) && !/^(?:---|\+\+\+) /.test(line));
  const changed = kept.filter((line) => !line.startsWith(' '));
  const shown = kept.length > mostLines ? changed : kept;
  const more = shown.length - mostLines;
  return [...shown.slice(0, mostLines), ...(more > 0 ? [`  … ${more} more`] : [])].join('\n');
}

/** Old and new lines without those that both begin and end with. */
function lineChange(old: string, fresh: string): { added: number; removed: number; diff: string } {
  const from = linesOf(old);
  const to = linesOf(fresh);
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  const removed = from.slice(head, from.length - tail);
  const added = to.slice(head, to.length - tail);
  const diff = shortDiff([...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)]);
  return { added: added.length, removed: removed.length, diff };
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

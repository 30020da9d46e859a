// The Markdown that typed messages are made of: headings and code fences, as CommonMark has them, and how a text is kept from being either.
import { fenceAfter } from '../../core/signals.ts';

export interface Part {
  /** What its heading says; null before the first. */
  title: string | null;
  /** Its lines, without the heading. */
  from: number;
  to: number;
}

export interface Outline {
  lines: string[];
  /** By line: 1 in a code fence, its marks included. */
  fenced: Uint8Array;
  parts: Part[];
  /** Where the fence begins that is never closed; null: there is none. */
  open: number | null;
}

/** Cuts a body at its headings. In the part of a title that `isText`, headings of a lower level are text. */
export function outline(body: string, isText: (title: string) => boolean): Outline {
  const lines = body.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n');
  const fenced = new Uint8Array(lines.length);
  const parts: Part[] = [{ title: null, from: 0, to: lines.length }];
  let last = parts[0];
  let deepest = 6;
  let fence: string | null = null;
  let open = 0;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const before = fence;
    const mark = markOf(line);
    if (mark === '`' || mark === '~') fence = fenceAfter(fence, line);
    if (before === null) open = at;
    if (before !== null || fence !== null) fenced[at] = 1;
    const level = mark === '#' && fenced[at] === 0 ? levelOf(line) : 0;
    if (level === 0 || level > deepest) continue;
    if (last) last.to = at;
    const title = titleOf(line);
    last = { title, from: at + 1, to: lines.length };
    parts.push(last);
    deepest = isText(title) ? level : 6;
  }
  return { lines, fenced, parts, open: fence === null ? null : open };
}

/** What a line begins with. Most lines are neither heading nor fence, and a body may have millions. */
function markOf(line: string): string | undefined {
  let at = 0;
  while (at < 4 && line[at] === ' ') at += 1;
  return line[at];
}

/** 1 to 6; 0: not a heading. */
function levelOf(line: string): number {
  return /^ {0,3}(#{1,6})(?:[ \t]|$)/.exec(line)?.[1]?.length ?? 0;
}

function titleOf(line: string): string {
  return line
    .slice(0, 200)
    .trim()
    .replace(/^#+[ \t]*/, '')
    .replace(/(?:^|[ \t]+)#+$/, '');
}

/** A line that would end a section, or begin a fence, but for the backslashes before it. */
const special = /^( {0,3})(\\*)(?=#{1,2}(?:[ \t]|$)|`{3}|~{3})/;

/** A text as the content of a `##` section: what would end the section, or never ends, gets a backslash. `unescapeText` undoes exactly this. */
export function escapeText(text: string): string {
  const { lines, fenced, open } = outline(text, () => false);
  const escaped = (line: string, at: number) => {
    const unclosed = open !== null && at >= open;
    const match = unclosed || fenced[at] === 0 ? special.exec(line) : null;
    if (!match) return line;
    const [, indent = '', slashes] = match;
    const needed = slashes !== '' || levelOf(line) > 0 || (unclosed && fenceAfter(null, line) !== null);
    return needed ? `${indent}\\${line.slice(indent.length)}` : line;
  };
  return lines.map(escaped).join('\n');
}

/** `fenced`: by line, as in an outline. */
export function unescapeText(lines: readonly string[], fenced: Uint8Array): string {
  const unescaped = (line: string, at: number) =>
    fenced[at] === 1 || !line.includes('\\')
      ? line
      : line.replace(special, (_, indent: string, slashes: string) => indent + slashes.slice(1));
  return lines.map(unescaped).join('\n');
}

// A list as text: by commas on one line, or one bullet an entry. Backticks around an entry are not part of it.

/** Entries. One more is read, so that what is too long is seen to be. */
export const listLimit = 256;

const bullet = /^\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)/;

export function isBullet(line: string): boolean {
  return bullet.test(line);
}

/** Reads either form. With bullets, a line without one goes on with the entry before it; a fence around the lines is left out. */
export function readList(text: string): string[] {
  if (isNone(text)) return [];
  const lines = text.split('\n').filter((each) => !/^\s*(?:`{3,}|~{3,})[\w-]*\s*$/.test(each));
  return (lines.some(isBullet) ? bulleted(lines) : lines.join(',').split(','))
    .map(unquote)
    .filter((each) => each !== '')
    .slice(0, listLimit + 1);
}

/** Whether text says that there is nothing. */
export function isNone(text: string): boolean {
  return /^(?:\(?none\)?|n\/a|null|-|–|—)?\.?$/i.test(text.trim());
}

function bulleted(lines: readonly string[]): string[] {
  const entries: string[] = [];
  for (const each of lines) {
    // Far more than are allowed, blank ones among them.
    if (entries.length > 4 * listLimit) break;
    if (isBullet(each)) entries.push(each.replace(bullet, ''));
    else if (entries.length > 0) entries[entries.length - 1] += ` ${each.trim()}`;
  }
  return entries;
}

function unquote(entry: string): string {
  const text = entry.trim();
  return text.length > 1 && text.startsWith('`') && text.endsWith('`') ? text.slice(1, -1).trim() : text;
}

/** On one line, where that reads back as the same entries; else null. */
export function inlineList(entries: readonly string[]): string | null {
  const text = entries.length === 0 ? 'none' : entries.join(', ');
  return same(readList(text), entries) ? text : null;
}

/** A bullet an entry, in backticks where it would be taken for something else. */
export function bulletList(entries: readonly string[]): string {
  const one = (entry: string) => (same(readList(`- ${entry}`), [entry]) ? `- ${entry}` : `- \`${entry}\``);
  return entries.length === 0 ? 'none' : entries.map(one).join('\n');
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}

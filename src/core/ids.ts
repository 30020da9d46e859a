// Names that become file names, refs and tmux targets. Anything else than an id is refused, never repaired.
import * as z from 'zod';

const pattern = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/;

/** Whether `text` may be used as an id: `^[a-z0-9][a-z0-9._-]{0,63}$`, no `..`, not ending in `.` or `.lock`. */
export function isId(text: string): boolean {
  return pattern.test(text) && !text.includes('..') && !text.endsWith('.lock');
}

export const Id = z
  .string()
  .refine(isId, { message: 'must match ^[a-z0-9][a-z0-9._-]{0,63}$ without ".." or ".lock"' });

/** A full git object name. */
export const Sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);

/** Compares ids so that `w10` comes after `w9`: runs of digits by their value, the rest by code. A total order; asked often, so no Intl. */
export function compareIds(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (isDigit(a, i) && isDigit(b, j)) {
      const [x, y] = [digitsAt(a, i), digitsAt(b, j)];
      i += x.length;
      j += y.length;
      const [p, q] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
      if (p.length !== q.length) return p.length - q.length;
      if (p !== q) return p < q ? -1 : 1;
    } else if (a[i] !== b[j]) return a.charCodeAt(i) - b.charCodeAt(j);
    else {
      i += 1;
      j += 1;
    }
  }
  return a.length - i - (b.length - j) || (a < b ? -1 : a > b ? 1 : 0);
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function digitsAt(text: string, from: number): string {
  let end = from;
  while (end < text.length && isDigit(text, end)) end += 1;
  return text.slice(from, end);
}

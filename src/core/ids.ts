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

/** Compares ids so that `w10` comes after `w9`. */
export function compareIds(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
const collator = new Intl.Collator('en', { numeric: true });

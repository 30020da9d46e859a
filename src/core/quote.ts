// Text of others inside text of ours: it can neither end its quotation nor pass for something else.
import { clean } from './clean.ts';

/** A fence longer than any inside, so that quoted text cannot end it. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${clean(text.trimEnd(), { lines: true, maxLine: 20_000 })}\n${fence}`;
}

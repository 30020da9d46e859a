// JSON with a place for every mistake: line and column, which JSON.parse does not always tell.
import { clean } from '../core/clean.ts';
import { messageOf } from '../core/errors.ts';

/** Text that cannot be read, and where. Lines and columns count from 1. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly line: number;
  readonly column: number;

  constructor(text: string, offset: number, what: string) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`line ${line}, column ${column}: ${what}`);
    this.line = line;
    this.column = column;
  }
}

/** JSON.parse, but a byte order mark is passed over and a mistake is a SyntaxProblem. */
export function parseJson(text: string): unknown {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  const problem = problemOf(text.slice(start));
  if (typeof problem === 'string')
    throw new SyntaxProblem(text, start + offsetOf(text.slice(start), problem), wording(problem));
  return problem.value;
}

function problemOf(text: string): string | { value: unknown } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return messageOf(error);
  }
}

function offsetOf(text: string, problem: string): number {
  const told = / in JSON at position (\d+)/.exec(problem)?.[1] ?? / JSON at position (\d+)/.exec(problem)?.[1];
  if (told !== undefined) return Number(told);
  if (!isUnexpectedToken(problem)) return text.length;
  // "Unexpected token" comes without a place: it stands at the end of the shortest beginning that has this problem.
  let low = 1;
  let high = text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = problemOf(text.slice(0, middle));
    if (typeof there === 'string' && isUnexpectedToken(there)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

function isUnexpectedToken(problem: string): boolean {
  return problem.startsWith('Unexpected token');
}

function wording(problem: string): string {
  const words = problem
    .replace(/^Unexpected token ('[\s\S]'|.*?),[\s\S]*$/, 'unexpected $1')
    .replace(/^Unexpected end of JSON input$/, 'unexpected end of file')
    .replace(/ (?:in|after) JSON at position[\s\S]*$/, '');
  return clean(words.charAt(0).toLowerCase() + words.slice(1), { maxLine: 200 });
}

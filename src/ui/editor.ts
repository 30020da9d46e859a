// A one-line editor as values: text and cursor in, text and cursor out. Counts in graphemes, so a wide character is one step.
import { clean } from '../core/clean.ts';
import { graphemes } from './text.ts';

export interface Line {
  /** Graphemes before and after the cursor. */
  before: readonly string[];
  after: readonly string[];
}

export const emptyLine: Line = { before: [], after: [] };

const longest = 2_000;

export const textOf = (line: Line) => line.before.join('') + line.after.join('');

/** Puts text (typed or pasted; line breaks become spaces) at the cursor. */
export function insert(line: Line, text: string): Line {
  const room = longest - line.before.length - line.after.length;
  return { ...line, before: [...line.before, ...graphemes(clean(text)).slice(0, Math.max(0, room))] };
}

/** Key → what it does to the line. */
export const edits: Readonly<Record<string, (line: Line) => Line>> = {
  left: ({ before, after }) => ({ before: before.slice(0, -1), after: [...before.slice(-1), ...after] }),
  right: ({ before, after }) => ({ before: [...before, ...after.slice(0, 1)], after: after.slice(1) }),
  home: ({ before, after }) => ({ before: [], after: [...before, ...after] }),
  end: ({ before, after }) => ({ before: [...before, ...after], after: [] }),
  backspace: ({ before, after }) => ({ before: before.slice(0, -1), after }),
  delete: ({ before, after }) => ({ before, after: after.slice(1) }),
  'ctrl-u': ({ after }) => ({ before: [], after }),
  'ctrl-k': ({ before }) => ({ before, after: [] }),
  'ctrl-w': ({ before, after }) => ({ before: graphemes(before.join('').replace(/\S+\s*$/, '')), after }),
};

/** Other keys for the same edits. */
export const editAliases: Readonly<Record<string, string>> = {
  'ctrl-a': 'home',
  'ctrl-e': 'end',
  'ctrl-b': 'left',
  'ctrl-f': 'right',
  'ctrl-h': 'backspace',
  'ctrl-d': 'delete',
};

// Splits a simple command line into words. Quotes and backslashes as in a shell; nothing is expanded, nothing is run.
import { Refusal } from '../core/errors.ts';

// Plain characters, 'literal', "with \" and \\", or \ and any character; one word is a run of these.
const piece = /[^\s'"\\]+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/y;

/** The words of a command line. Throws a Refusal for an unclosed quote or a backslash at the end. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; ) {
    piece.lastIndex = at;
    const match = piece.exec(line);
    if (match) {
      const [whole, single, double, escaped] = match;
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? whole);
      at += whole.length;
    } else if (/\s/.test(line.charAt(at))) {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
    } else {
      throw new Refusal(`unfinished quote in the command: ${line}`, {
        hint: 'close the quote, or put a backslash before it',
      });
    }
  }
  if (word !== null) words.push(word);
  return words;
}

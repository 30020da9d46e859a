// tmux's command language, written so that every word is data: nothing in it expands, splits or ends a command.

/** One or more tmux commands as one line, run as one sequence: when one fails the rest is not run. */
export function commandLine(commands: readonly (readonly string[])[]): string {
  return commands.map((words) => words.map(quote).join(' ')).join(' ; ');
}

/** A word for tmux's parser: plain when harmless, else in double quotes with every doubtful byte as an octal escape. */
export function quote(word: string): string {
  if (/^[A-Za-z0-9_@/.:,+-]+$/.test(word)) return word;
  return `"${word.toWellFormed().replace(/[^A-Za-z0-9_@/.:,+ -]/g, octal)}"`;
}

// Letters beyond ASCII go as they are: the parser is 8-bit clean.
function octal(character: string): string {
  const code = character.charCodeAt(0);
  return code < 128 ? `\\${code.toString(8).padStart(3, '0')}` : character;
}

// The one function that stands at every entrance for text from outside: pane, transcript, task, mail, git, names.

export interface CleanOptions {
  /** Keep SGR colour (re-made from parsed numbers, closed at each line's end). Default: drop it. */
  colour?: boolean;
  /** Keep line breaks and tabs (tabs become spaces). Default: one line, breaks become spaces. */
  lines?: boolean;
  /** Longest line in UTF-16 units before it is cut with `…`. Default 2,000. */
  maxLine?: number;
}

// CSI, OSC/DCS/APC/PM/SOS with their payload (also unterminated), other escapes; 8-bit forms likewise.
const sequence =
  /(?:\x1b\[|\x9b)([0-?]*)([ -/]*)([@-~])?|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?|\x1b/g;
const control = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
// Bidirectional controls, zero-width and other format characters, line separators, tags, private use, lone surrogates.
const invisible =
  /\u034f|[\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff]|[\u17b4\u17b5]|[\u180b-\u180f]|[\u{e0000}-\u{e0fff}]|\p{Cs}/gu;
const sgrPart = /^(?:\d{1,3}(?:[;:]\d{0,3}){0,20})?$/;

/**
 * Makes text from outside harmless: only printable text, and SGR colour if asked for, comes out. Control characters
 * vanish, invisible ones (bidi, zero-width, tags) become `·`, so that nothing can hide or move. Idempotent.
 */
export function clean(text: string, options: CleanOptions = {}): string {
  const { colour = false, lines = false, maxLine = 2_000 } = options;
  // Nearly everything is this.
  if (text.length <= maxLine && /^[ -~]*$/.test(text)) return text;
  const plain = text
    .replace(/\r\n?/g, '\n')
    .replace(sequence, (_, parameters: string | undefined, between: string, final: string) => {
      if (!colour || parameters === undefined || final !== 'm' || between || !sgrPart.test(parameters)) return '';
      return `\u0000${parameters}\u0001`;
    });
  // The placeholders \0…\1 are the only controls that may survive; strangers are removed with the rest first.
  const kept = plain
    .replace(control, (c) => (colour && (c === '\u0000' || c === '\u0001') ? c : ''))
    .replace(invisible, '·');
  const rows = lines ? kept.split('\n') : [kept.replace(/\n+/g, ' ')];
  return rows.map((row) => finish(row.replace(/\t/g, lines ? '  ' : ' '), colour, maxLine)).join('\n');
}

function finish(row: string, colour: boolean, maxLine: number): string {
  const cut =
    row.length > maxLine
      ? `${row
          .slice(0, maxLine)
          .replace(/\u0000[^\u0001]*$/, '')
          .replace(/[\ud800-\udbff]$/, '')}…`
      : row;
  if (!colour) return cut;
  const painted = cut.replace(/\u0000([\d;:]*)\u0001/g, '\u001b[$1m').replace(/[\u0000\u0001]/g, '');
  return painted.includes('\u001b') && !/\u001b\[0?m$/.test(painted) ? `${painted}\u001b[0m` : painted;
}

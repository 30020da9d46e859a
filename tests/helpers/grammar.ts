// What may come out of the face: printable text, line ends, and the sequences that Ink itself writes. All else is foreign.

/** SGR, cursor visibility, alternate screen, bracketed paste, synchronised update, moves within a frame, erasing. */
const own = /\x1b\[(?:[\d;]*m|\?(?:25|1049|2004|2026)[hl]|\d*[AG]|E|[02]?K|0?J|(?:\d+;\d+)?H)/y;
/** Controls, C1, and what hides or turns text: bidi, zero-width, tags, lone surrogates. */
const hidden =
  /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Cs}/u;

export interface Foreign {
  at: number;
  /** The sequence, escaped for reading. */
  what: string;
}

/** Everything in the stream that Ink does not write by itself, in order; empty when the stream is as it should be. */
export function foreignSequences(stream: string | Uint8Array): Foreign[] {
  const foreign: Foreign[] = [];
  const text = typeof stream === 'string' ? stream : decode(stream, foreign);
  for (let at = 0; at < text.length; ) {
    own.lastIndex = at;
    const known = text[at] === '\x1b' ? own.exec(text) : null;
    if (known) at += known[0].length;
    else {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      if (hidden.test(character)) foreign.push({ at, what: JSON.stringify(text.slice(at, at + 12)) });
      at += character.length;
    }
  }
  return foreign;
}

function decode(bytes: Uint8Array, foreign: Foreign[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    foreign.push({ at: 0, what: 'bytes that are not UTF-8' });
    return new TextDecoder().decode(bytes);
  }
}

/** Text that tries everything, for every entrance. Each item alone has been seen to break a terminal program. */
export const hostileTexts: readonly string[] = [
  'a\x1b[2J\x1b[H\x1b[31mb',
  'a\x1b]0;title\x07b\x1b]52;c;aGk=\x07c',
  'a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b',
  'a\x1bP+q544e\x1b\\b\x1b_apc\x1b\\c\x1b^pm\x1b\\d\x1bXsos\x1b\\e',
  'a\x9b2Jb\x9d0;t\x9cc\x90q\x9cd\x85e',
  'unterminated \x1b]0;t',
  'unterminated \x1b[38;5',
  'cut \x1b',
  'over\rwritten\b\b\b\x07\x00\x0b\x0c\x7f',
  'rows\nand\r\nrows\tand tabs',
  '\u0000 31\u0001 placeholders \u0001\u0000',
  'left\u202eright\u202c \u2066iso\u2069 zero\u200b\u200d\ufeffwidth\u2028line',
  'tag\u{e0041}\u{e0001} soft\u00adhyphen lone\ud800 and \udc00',
  `pile ${'e\u0301\u0302\u0303\u0304'.repeat(30)}`,
  '日本語テキスト 漢字 한국어 ｆｕｌｌ',
  'emoji 👨‍👩‍👧 👍🏽 ❤️ 🇩🇪 1️⃣ 🎉',
  '\x1b[31;1;4munclosed \x1b[48;2;1;2;3mcolour',
  '\x1b[?1049h\x1b[?2004l\x1b[?1000h\x1bc\x1b#8\x1b(0lqk\x0e',
  '\x1b[6n\x1b[c\x1b[>q\x1b[18t\x1b[21t\x1bZ\x05',
  'x'.repeat(6_000),
  '',
];

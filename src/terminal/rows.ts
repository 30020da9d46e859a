// Rows of a screen as text and colour. Each row comes out complete: it sets the colours it needs and closes them.
import { clean } from '../core/clean.ts';

/**
 * Cleans captured rows. A capture sets a colour once and lets it run on into later rows, and draws lines with letters between SO and
 * SI; here every row stands alone, in Unicode.
 */
export function cleanRows(raw: readonly string[]): string[] {
  const style = new Map<string, string>();
  let drawing = false;
  return raw.map((row) => {
    let out = render(style);
    for (const part of row.split(token)) {
      if (part === '\x0e' || part === '\x0f') drawing = part === '\x0e';
      else if (part.startsWith('\x1b[') && part.endsWith('m')) {
        apply(style, part.slice(2, -1));
        out += part;
      } else out += drawing ? part.replace(/[`-~]/g, (letter) => lines[letter] ?? letter) : part;
    }
    return clean(out, { colour: true }).replace(/^(?:\x1b\[[\d;:]*m)+$/, '');
  });
}
const token = /(\x1b\[[\d;:]*m|[\x0e\x0f])/;

function render(style: ReadonlyMap<string, string>): string {
  return style.size > 0 ? `\x1b[${[...style.values()].join(';')}m` : '';
}

function apply(style: Map<string, string>, parameters: string): void {
  const codes = parameters.split(';');
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? '';
    const number = Number.parseInt(code || '0', 10);
    // 38, 48, 58 take what follows: 5;n or 2;r;g;b. In the colon form all is in one.
    const length = /^[345]8$/.test(code) ? (codes[i + 1] === '5' ? 3 : codes[i + 1] === '2' ? 5 : 1) : 1;
    const whole = codes.slice(i, i + length).join(';');
    i += length - 1;
    const kind = kindOf(number);
    if (number === 0) style.clear();
    else if (number === 22) for (const weight of ['1', '2']) style.delete(weight);
    else if (ends.has(number)) style.delete(kind);
    else style.set(kind, whole);
  }
}

/** Codes that put one kind back to normal. */
const ends = new Set([23, 24, 25, 27, 28, 29, 39, 49, 55, 59]);

/** What a code sets: two codes of one kind replace each other. */
function kindOf(number: number): string {
  if ((number >= 30 && number <= 39) || (number >= 90 && number <= 97)) return 'fg';
  if ((number >= 40 && number <= 49) || (number >= 100 && number <= 107)) return 'bg';
  if (number === 58 || number === 59) return 'underline colour';
  if (number === 53 || number === 55) return 'overline';
  if (number === 21) return '4';
  return String(number > 22 && number < 30 ? number - 20 : number);
}

// The VT100 line-drawing set.
// biome-ignore format: a table
const lines: Record<string, string> = {
  '`': '◆', a: '▒', f: '°', g: '±', h: '░', i: '█', j: '┘', k: '┐', l: '┌', m: '└', n: '┼', o: '⎺', p: '⎻', q: '─', r: '⎼',
  s: '⎽', t: '├', u: '┤', v: '┴', w: '┬', x: '│', y: '≤', z: '≥', '{': 'π', '|': '≠', '}': '£', '~': '·',
};

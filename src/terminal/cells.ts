// The cells of an xterm buffer as rows of text with SGR colour.
import type { IBufferCell, Terminal } from '@xterm/headless';

/** The visible rows, top first, trailing blanks left out. Not cleaned. */
export function readRows({ buffer: { active }, rows, cols }: Terminal): string[] {
  const cell = active.getNullCell();
  return Array.from({ length: rows }, (_, y) => {
    const line = active.getLine(active.baseY + y);
    let out = '';
    let blanks = '';
    let style = '';
    for (let x = 0; line && x < cols; x += 1) {
      line.getCell(x, cell);
      // The second half of a wide character.
      if (cell.getWidth() === 0) continue;
      const next = styleOf(cell);
      const text = cell.isInvisible() ? ' ' : cell.getChars() || ' ';
      if (text === ' ' && next === '') {
        blanks += ' ';
        continue;
      }
      if (blanks !== '' && style !== '') {
        out += '\x1b[0m';
        style = '';
      }
      out += blanks;
      blanks = '';
      if (next !== style) out += `\x1b[0${next}m`;
      style = next;
      out += text;
    }
    return out;
  });
}

function styleOf(cell: IBufferCell): string {
  if (cell.isAttributeDefault()) return '';
  let style = '';
  for (const [is, code] of attributes) if (cell[is]()) style += `;${code}`;
  if (cell.isFgRGB()) style += `;38;2;${rgb(cell.getFgColor())}`;
  else if (cell.isFgPalette()) style += palette(cell.getFgColor(), 30, 90);
  if (cell.isBgRGB()) style += `;48;2;${rgb(cell.getBgColor())}`;
  else if (cell.isBgPalette()) style += palette(cell.getBgColor(), 40, 100);
  return style;
}

const attributes = [
  ['isBold', 1],
  ['isDim', 2],
  ['isItalic', 3],
  ['isUnderline', 4],
  ['isBlink', 5],
  ['isInverse', 7],
  ['isStrikethrough', 9],
] as const;

function rgb(colour: number): string {
  return `${(colour >> 16) & 255};${(colour >> 8) & 255};${colour & 255}`;
}

function palette(colour: number, normal: number, bright: number): string {
  if (colour < 8) return `;${normal + colour}`;
  return colour < 16 ? `;${bright + colour - 8}` : `;${normal + 8};5;${colour}`;
}

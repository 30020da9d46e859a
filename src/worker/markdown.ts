// Draws Markdown for a terminal: marked reads it, this makes rows of it. Loaded when the first such text comes, never at start.
import { stripVTControlCharacters } from 'node:util';
import { Lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import stringWidth from 'string-width';

export interface MarkdownOptions {
  colour: boolean;
  /** Width of the terminal, for what cannot be broken anywhere; null when it is not known. */
  columns: number | null;
}

type Style = 'bold' | 'italic' | 'struck' | 'dim' | 'code' | 'added' | 'removed';
type Paint = (style: Style, text: string) => string;

interface Context {
  paint: Paint;
  columns: number | null;
}

const codes: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  italic: [3, 23],
  struck: [9, 29],
  dim: [2, 22],
  code: [36, 39],
  added: [32, 39],
  removed: [31, 39],
};

/**
 * `text` as rows for a terminal, not yet cleaned. Line breaks stay where the author made them and nothing is wrapped: the terminal does
 * that, and does it anew when it is resized. What cannot be parsed comes back as it is.
 */
export function renderMarkdown(text: string, { colour, columns }: MarkdownOptions): string {
  // Row by row: a style must not reach over the end of a line, where `clean` closes it.
  const paint: Paint = (style, part) =>
    colour ? part.replace(/[^\n]+/g, (row) => `\u001b[${codes[style][0]}m${row}\u001b[${codes[style][1]}m`) : part;
  try {
    return blocks(Lexer.lex(text), { paint, columns }).join('\n');
  } catch {
    // Thousands of levels of quotes or lists are more than the stack holds.
    return text.replace(/\n$/, '');
  }
}

function blocks(tokens: readonly Token[], context: Context): string[] {
  const rows: string[] = [];
  const gap = () => rows.length > 0 && rows.at(-1) !== '' && rows.push('');
  for (const token of tokens as readonly MarkedToken[]) {
    if (token.type === 'space') gap();
    else {
      rows.push(...block(token, context));
      if (/\n[ \t]*\n$/.test(token.raw)) gap();
    }
  }
  return rows;
}

function block(token: MarkedToken, context: Context): string[] {
  const { paint } = context;
  switch (token.type) {
    case 'heading':
      return paint('bold', `${'#'.repeat(token.depth)} ${inline(token.tokens, context)}`).split('\n');
    case 'paragraph':
      return inline(token.tokens, context).split('\n');
    case 'text':
      return (token.tokens ? inline(token.tokens, context) : token.text).split('\n');
    case 'code':
      return token.text.split('\n').map((row) => row && `  ${paint(codeStyle(row, token.lang), row)}`);
    case 'blockquote':
      return blocks(token.tokens, context).map((row) => `${paint('dim', '|')} ${row}`.trimEnd());
    case 'list':
      return list(token, context);
    case 'table':
      return table(token, context);
    case 'hr':
      return [paint('dim', '-'.repeat(20))];
    default:
      return token.raw.replace(/\n+$/, '').split('\n');
  }
}

function codeStyle(row: string, lang: string | undefined): Style {
  if (lang !== 'diff') return 'code';
  return row.startsWith('+') ? 'added' : row.startsWith('-') ? 'removed' : 'dim';
}

function list({ items, ordered, start, loose }: Tokens.List, context: Context): string[] {
  return items.flatMap((item, index) => {
    const mark = ordered ? `${Number(start) + index}. ` : '- ';
    // The box of a task stands before its text in a tight list, and in it in a loose one.
    const [box, ...text] = item.tokens as readonly MarkedToken[];
    const boxed = box?.type === 'checkbox';
    const rows = blocks(boxed ? text : item.tokens, context);
    const gap = loose && index < items.length - 1 ? [''] : [];
    return [
      ...rows.map((row, at) => (at === 0 ? mark + (boxed ? box.raw : '') : row && ' '.repeat(mark.length)) + row),
      ...gap,
    ];
  });
}

/** Columns in line; where the terminal is too narrow for them, each row as a list of its cells. */
function table({ header, rows, align }: Tokens.Table, context: Context): string[] {
  const { paint, columns } = context;
  const head = header.map((cell) => inline(cell.tokens, context));
  const body = rows.map((row) => row.map((cell) => inline(cell.tokens, context)));
  const widths = head.map((cell, at) => Math.max(...[cell, ...body.map((row) => row[at] ?? '')].map(widthOf)));
  const whole = widths.reduce((sum, width) => sum + width + 2, -2);
  if (columns !== null && whole > columns) {
    return body.flatMap((row, index) => [
      ...(index > 0 ? [''] : []),
      ...row.map((cell, at) => (head[at] ? `${paint('bold', `${head[at]}:`)} ${cell}` : cell)),
    ]);
  }
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => pad(cell, (widths[at] ?? 0) - widthOf(cell), align[at] ?? null))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(head.map((cell) => paint('bold', cell))), paint('dim', rule), ...body.map(line)];
}

function pad(cell: string, room: number, align: Tokens.Table['align'][number]): string {
  const left = align === 'right' ? room : align === 'center' ? Math.floor(room / 2) : 0;
  return ' '.repeat(left) + cell + ' '.repeat(room - left);
}

const widthOf = (cell: string) => stringWidth(stripVTControlCharacters(cell));

function inline(tokens: readonly Token[], context: Context): string {
  return (tokens as readonly MarkedToken[]).map((token) => span(token, context)).join('');
}

function span(token: MarkedToken, context: Context): string {
  const { paint } = context;
  switch (token.type) {
    case 'strong':
      // Names such as `__init__`, and our own `__DONE__`, are rather meant than bold type.
      return paint('bold', token.raw.startsWith('__') ? token.raw : inline(token.tokens, context));
    case 'em':
      return paint('italic', inline(token.tokens, context));
    case 'del':
      return paint('struck', inline(token.tokens, context));
    case 'codespan':
      return paint('code', `\`${token.text}\``);
    case 'link':
      return address(inline(token.tokens, context), token.text, token.href, paint);
    case 'image':
      return address(token.text, token.text, token.href, paint);
    case 'br':
      return '\n';
    case 'text':
      return token.tokens ? inline(token.tokens, context) : token.text;
    case 'escape':
      return token.text;
    default:
      return token.raw;
  }
}

/** A link with its address, which is said once when it is its own text. */
function address(shown: string, text: string, href: string, paint: Paint): string {
  return href === text || href === `mailto:${text}` ? shown : `${shown} ${paint('dim', `(${href})`)}`;
}

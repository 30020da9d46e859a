// What may be typed into a pane: text without controls, and keys by their tmux names.
import { EffectError } from '../core/errors.ts';

/** Text that can only be text: control characters but \n and \t are gone, so it can end no bracketed paste. CR LF is one line end. */
export function pasteable(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')
    .toWellFormed();
}

/** Bytes that a terminal sends for a key. `application`: cursor keys in application mode. EffectError `bad-key`. */
export function keyBytes(name: string, { application = false } = {}): string {
  const parts = /^((?:[CMS]-)*)(.+)$/su.exec(name);
  const base = parts?.[2] ?? '';
  const modifiers = new Set((parts?.[1] ?? '').split('-').filter(Boolean));
  const plain = modifiers.size === 0;
  const cursor = cursorKeys.get(base);
  if (cursor) return plain ? `\x1b${application ? 'O' : '['}${cursor}` : `\x1b[1;${weight(modifiers)}${cursor}`;
  const tilde = tildeKeys.get(base);
  if (tilde) return plain ? `\x1b[${tilde}~` : `\x1b[${tilde};${weight(modifiers)}~`;
  const meta = modifiers.has('M') ? '\x1b' : '';
  const named = namedKeys.get(base);
  if (named !== undefined && !modifiers.has('C') && !modifiers.has('S')) return meta + named;
  if ([...base].length === 1 && !/[\x00-\x1f\x7f-\x9f]/.test(base) && !modifiers.has('S')) {
    if (!modifiers.has('C')) return meta + base;
    if (/^[a-zA-Z@[\\\]^_]$/.test(base)) return meta + String.fromCharCode(base.toUpperCase().charCodeAt(0) & 0x1f);
  }
  throw new EffectError({
    code: 'bad-key',
    message: `there is no key ${JSON.stringify(name)}`,
    hint: 'keys are named as in tmux: Enter, Escape, C-c, Up',
  });
}

const cursorKeys = new Map(Object.entries({ Up: 'A', Down: 'B', Right: 'C', Left: 'D', Home: 'H', End: 'F' }));
const tildeKeys = new Map(
  Object.entries({
    IC: 2,
    Insert: 2,
    DC: 3,
    Delete: 3,
    PPage: 5,
    PageUp: 5,
    PgUp: 5,
    NPage: 6,
    PageDown: 6,
    PgDn: 6,
  }),
);
const namedKeys = new Map(
  Object.entries({
    Enter: '\r',
    Escape: '\x1b',
    Tab: '\t',
    BTab: '\x1b[Z',
    Space: ' ',
    BSpace: '\x7f',
  }),
);

/** xterm's number for held modifiers: 1 + Shift 1 + Meta 2 + Control 4. */
function weight(modifiers: ReadonlySet<string>): number {
  return 1 + (modifiers.has('S') ? 1 : 0) + (modifiers.has('M') ? 2 : 0) + (modifiers.has('C') ? 4 : 0);
}

// Keys by name: from what Ink reads to `j`, `ctrl-u`, `pgdn`; from names to what a person reads, and to the bytes a pane wants.
import type { Key } from 'ink';

export interface Press {
  name: string;
  /** What it types; empty for a key that types nothing. */
  text: string;
}

const special = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pgup'],
  ['pageDown', 'pgdn'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
] as const;

/** What was pressed, key by key: one chunk may bring several. */
export function pressesOf(input: string, key: Key): Press[] {
  if (key.eventType === 'release') return [];
  if (key.tab) return [{ name: key.shift ? 'shift-tab' : 'tab', text: '' }];
  for (const [flag, name] of special) if (key[flag]) return [{ name, text: '' }];
  if (key.ctrl) return input ? [{ name: `ctrl-${input}`, text: '' }] : [];
  if (key.meta) return input ? [{ name: `alt-${input}`, text: '' }] : [];
  return Array.from(input, pressOf);
}

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x1b': 'esc',
  '\x7f': 'backspace',
  '\b': 'backspace',
};

function pressOf(character: string): Press {
  const control = controls[character];
  if (control) return { name: control, text: '' };
  const code = character.codePointAt(0) ?? 0;
  if (code < 32) return { name: `ctrl-${String.fromCodePoint(code + 96)}`, text: '' };
  return { name: character === ' ' ? 'space' : character, text: character };
}

const labels: Readonly<Record<string, readonly [string, string]>> = {
  up: ['↑', 'Up'],
  down: ['↓', 'Down'],
  left: ['←', 'Left'],
  right: ['→', 'Right'],
  enter: ['Enter', 'Enter'],
  esc: ['Esc', 'Esc'],
  tab: ['Tab', 'Tab'],
  'shift-tab': ['Shift-Tab', 'Shift-Tab'],
  pgup: ['PgUp', 'PgUp'],
  pgdn: ['PgDn', 'PgDn'],
  home: ['Home', 'Home'],
  end: ['End', 'End'],
};

export function keyLabel(name: string, unicode: boolean): string {
  return labels[name]?.[unicode ? 0 : 1] ?? name.replace('ctrl-', 'Ctrl-');
}

const bytes: Readonly<Record<string, string>> = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pgup: '\x1b[5~',
  pgdn: '\x1b[6~',
  delete: '\x1b[3~',
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  backspace: '\x7f',
};

/** The bytes that a terminal would send to a program for this key. */
export function bytesOf(press: Press): string {
  if (press.text) return press.text;
  const [, modifier, rest = ''] = /^(ctrl|alt)-(.+)$/.exec(press.name) ?? [];
  if (modifier === 'ctrl') return rest === ' ' ? '\x00' : String.fromCharCode(rest.toUpperCase().charCodeAt(0) & 31);
  if (modifier === 'alt') return `\x1b${rest}`;
  return bytes[press.name] ?? '';
}

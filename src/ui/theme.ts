// Meaning → glyph and colour, in one place. Only the 16 colours of the terminal's own palette; words carry the meaning without them.
import type { Activity } from '../core/select.ts';
import type { ChangeStatus } from '../core/state.ts';

export type Tone = keyof typeof tones;

/** SGR that opens and closes a tone; the third says whether it is a colour (left out under NO_COLOR). */
const tones = {
  plain: ['', '', ''],
  dim: ['2', '22', ''],
  bold: ['1', '22', ''],
  title: ['1', '22', ''],
  focus: ['1', '22', '36'],
  chosen: ['7', '27', ''],
  good: ['', '', '32'],
  busy: ['', '', '36'],
  ask: ['1', '22', '33'],
  warn: ['', '', '33'],
  bad: ['1', '22', '31'],
  special: ['', '', '35'],
  added: ['', '', '32'],
  removed: ['', '', '31'],
  hunk: ['', '', '36'],
} as const satisfies Record<string, readonly [string, string, string]>;

const glyphs = {
  dot: ['●', '*'],
  ring: ['○', 'o'],
  run: ['▶', '>'],
  flag: ['⚑', '!'],
  diamond: ['◆', '*'],
  half: ['◐', '%'],
  cross: ['✗', 'x'],
  tick: ['✓', '+'],
  pause: ['‖', '='],
  wait: ['◌', '.'],
  back: ['↩', '<'],
  clash: ['≠', '#'],
  pick: ['▸', '>'],
  ellipsis: ['…', '~'],
  separator: ['·', '|'],
  arrow: ['→', '->'],
  minus: ['−', '-'],
  horizontal: ['─', '-'],
  vertical: ['│', '|'],
  topLeft: ['╭', '+'],
  topRight: ['╮', '+'],
  bottomLeft: ['╰', '+'],
  bottomRight: ['╯', '+'],
} as const;
export type Glyph = keyof typeof glyphs;

export interface Look {
  glyph: Glyph;
  word: string;
  tone: Tone;
}

export const workerLooks: Readonly<Record<Activity, Look>> = {
  starting: { glyph: 'wait', word: 'starting', tone: 'busy' },
  idle: { glyph: 'ring', word: 'idle', tone: 'dim' },
  'in-review': { glyph: 'diamond', word: 'in review', tone: 'busy' },
  working: { glyph: 'run', word: 'working', tone: 'good' },
  'needs-you': { glyph: 'flag', word: 'needs you', tone: 'ask' },
  limited: { glyph: 'pause', word: 'limited', tone: 'warn' },
  stalled: { glyph: 'half', word: 'stalled', tone: 'warn' },
  exited: { glyph: 'back', word: 'exited', tone: 'warn' },
  failed: { glyph: 'cross', word: 'failed', tone: 'bad' },
  paused: { glyph: 'pause', word: 'paused', tone: 'special' },
  stopping: { glyph: 'wait', word: 'stopping', tone: 'dim' },
  stopped: { glyph: 'ring', word: 'stopped', tone: 'dim' },
};

export const changeLooks: Readonly<Record<ChangeStatus | 'held' | 'sent', Look>> = {
  'handed-in': { glyph: 'wait', word: 'handed in', tone: 'busy' },
  checking: { glyph: 'half', word: 'checking', tone: 'busy' },
  reviewing: { glyph: 'half', word: 'reviewing', tone: 'busy' },
  'awaiting-approval': { glyph: 'flag', word: 'approve?', tone: 'ask' },
  sent: { glyph: 'half', word: 'approving', tone: 'busy' },
  queued: { glyph: 'dot', word: 'queued', tone: 'busy' },
  merging: { glyph: 'run', word: 'merging', tone: 'busy' },
  held: { glyph: 'pause', word: 'held', tone: 'warn' },
  merged: { glyph: 'tick', word: 'merged', tone: 'good' },
  rejected: { glyph: 'back', word: 'sent back', tone: 'dim' },
  conflicted: { glyph: 'clash', word: 'conflict', tone: 'special' },
  lapsed: { glyph: 'flag', word: 'lapsed', tone: 'warn' },
  withdrawn: { glyph: 'ring', word: 'withdrawn', tone: 'dim' },
};

/** By type, in the order in which they are listed. */
export const mailLooks: ReadonlyMap<string, Look> = new Map([
  ['QUESTION', { glyph: 'flag', word: 'asks', tone: 'ask' }],
  ['HELP_REQUEST', { glyph: 'flag', word: 'needs help', tone: 'ask' }],
  ['APPROVAL_REQUEST', { glyph: 'flag', word: 'approval?', tone: 'ask' }],
  ['FAILED', { glyph: 'cross', word: 'failed', tone: 'bad' }],
  ['BLOCKED', { glyph: 'half', word: 'blocked', tone: 'warn' }],
  ['SCOPE_ESCAPE', { glyph: 'half', word: 'off scope', tone: 'warn' }],
  ['SPAWN_REQUEST', { glyph: 'half', word: 'wants more', tone: 'warn' }],
  ['ACK_OVERDUE', { glyph: 'wait', word: 'no ack', tone: 'warn' }],
  ['BOUNCE', { glyph: 'back', word: 'bounced', tone: 'warn' }],
  ['EXPIRED', { glyph: 'back', word: 'expired', tone: 'warn' }],
]);

/** A type without a look of its own says its name. */
export function mailLook(type: string): Look {
  return mailLooks.get(type) ?? { glyph: 'ring', word: type.toLowerCase().replaceAll('_', ' '), tone: 'plain' };
}

export interface Theme {
  readonly unicode: boolean;
  readonly colour: boolean;
  paint(tone: Tone, text: string): string;
  glyph(name: Glyph): string;
}

/** Reads NO_COLOR, TERM and the locale. */
export function themeFor(env: Readonly<Record<string, string | undefined>>): Theme {
  const plainTerminal = env.TERM === 'linux' || env.TERM === 'dumb';
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return createTheme({
    unicode: !plainTerminal && /utf-?8/i.test(locale),
    colour: !env.NO_COLOR && env.TERM !== 'dumb',
  });
}

export function createTheme(options: { unicode: boolean; colour: boolean }): Theme {
  const { unicode, colour } = options;
  const wraps = Object.fromEntries(Object.entries(tones).map(([tone, codes]) => [tone, wrapOf(codes, tone, colour)]));
  return {
    unicode,
    colour,
    paint: (tone, text) => {
      const [open, close] = wraps[tone] as readonly [string, string];
      return open && text ? `${open}${text}${close}` : text;
    },
    glyph: (name) => glyphs[name][unicode ? 0 : 1],
  };
}

function wrapOf(
  [on, off, hue]: readonly [string, string, string],
  tone: string,
  colour: boolean,
): readonly [string, string] {
  // Without colour the focused title is told by inverse, as the chosen row is.
  if (tone === 'focus' && !colour) return ['\x1b[7m', '\x1b[27m'];
  const open = [on, colour ? hue : ''].filter(Boolean).join(';');
  const close = [off, colour && hue ? '39' : ''].filter(Boolean).join(';');
  return open ? [`\x1b[${open}m`, `\x1b[${close}m`] : ['', ''];
}

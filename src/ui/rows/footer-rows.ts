// The two lines at the bottom: what was said last (or is being asked or written), and the keys that apply now.
import { type Action, footerActions, wordOf } from '../actions/index.ts';
import { clockLabel } from '../age.ts';
import { keyLabel } from '../keymap.ts';
import type { Face } from '../store.ts';
import { cut, graphemes, head, tame, widthOf } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';
import type { Mode, View } from '../view.ts';

export function footerRows(face: Face, width: number): [string, string] {
  const view = face.view();
  const room = width - 2;
  return [` ${saidRow(view, room)}`, ` ${keysRow(face, view, room)}`];
}

const levelTones: Readonly<Record<'info' | 'warn' | 'error', Tone>> = { info: 'plain', warn: 'warn', error: 'bad' };

function saidRow(view: View, width: number): string {
  const { mode, theme, message, state } = view;
  if (mode.kind === 'ask') return theme.paint('ask', cut(mode.question, width, theme));
  if (mode.kind === 'note' && !message) return noteRow(mode, width, theme);
  const notice = state.notices.at(-1);
  const standing = standingRow(view);
  if (!message && standing) return theme.paint('warn', cut(standing, width, theme));
  if (message && (!notice || notice.seq <= message.seq))
    return theme.paint(levelTones[message.level], cut(message.text, width, theme));
  if (!notice) return '';
  const time = `${clockLabel(notice.at)} `.trimStart();
  return `${theme.paint('dim', time)}${theme.paint(levelTones[notice.level], cut(notice.text, width - time.length, theme))}`;
}

/** What is true for longer and needs the operator. */
function standingRow({ state: { swarm }, supervisor }: View): string {
  if (!swarm || swarm.status === 'stopped') return 'the swarm is stopped: oompa run starts it, q leaves';
  if (supervisor === 'down') return 'the supervisor is not running: oompa run';
  return '';
}

/** The line being written, scrolled so that the cursor stays in sight. */
function noteRow(mode: Extract<Mode, { kind: 'note' }>, width: number, theme: Theme): string {
  const label = `${cut(mode.title, Math.floor(width / 2), theme)}: `;
  const room = width - widthOf(label) - 2;
  const [under = ' ', ...after] = mode.line.after.map((each) => tame(each, theme));
  let before = mode.line.before.map((each) => tame(each, theme)).join('');
  while (widthOf(before) > room * 0.75) before = graphemes(before).slice(8).join('');
  const rest = head(after.join(''), room - widthOf(before) - widthOf(under));
  return `${theme.paint('ask', label)}${before}${theme.paint('chosen', under)}${rest}`;
}

const modeKeys: Readonly<Record<Exclude<Mode['kind'], 'normal'>, readonly (readonly [string, string])[]>> = {
  ask: [
    ['y', 'yes'],
    ['n', 'no'],
  ],
  note: [
    ['enter', 'send'],
    ['esc', 'cancel'],
    ['Ctrl-u', 'clear'],
  ],
  help: [
    ['j', 'down'],
    ['k', 'up'],
    ['esc', 'close'],
  ],
  attached: [['Ctrl-q', 'back to oompa']],
};

/** Keys from the left, most important first, as many as fit; help and leaving always at the right. */
function keysRow(face: Face, view: View, width: number): string {
  const { theme, mode } = view;
  if (mode.kind !== 'normal') return pairs(modeKeys[mode.kind], width, theme).text;
  const pairOf = (action: Action) => [action.keys[0] ?? '', wordOf(action, face)] as const;
  const shown = footerActions(face);
  const right = pairs(shown.filter(isAlwaysShown).map(pairOf), width, theme);
  const left = pairs(shown.filter((action) => !isAlwaysShown(action)).map(pairOf), width - right.width - 3, theme);
  return `${left.text}${' '.repeat(Math.max(0, width - left.width - right.width))}${right.text}`;
}

const isAlwaysShown = (action: Action) => (action.footer ?? 0) >= 90;

function pairs(
  list: readonly (readonly [string, string])[],
  width: number,
  theme: Theme,
): { text: string; width: number } {
  let used = 0;
  const shown: string[] = [];
  for (const [key, word] of list) {
    const label = keyLabel(key, theme.unicode);
    const next = used + label.length + 1 + widthOf(word) + (shown.length > 0 ? 3 : 0);
    if (next > width) break;
    used = next;
    shown.push(`${theme.paint('bold', label)} ${theme.paint('dim', word)}`);
  }
  return { text: shown.join('   '), width: used };
}

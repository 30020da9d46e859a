// Everything that the screen is a function of: the folded state, what is seen live, and where the operator is.
import type { Change, State } from '../core/state.ts';
import type { WorkerLive } from '../core/turn.ts';
import type { Line } from './editor.ts';
import type { ListPanel, Panel } from './layout.ts';
import type { Diff, Mail, Progress, Size } from './ports.ts';
import type { Theme } from './theme.ts';

/** A selection: it follows the identity; the index says where to go on when that is gone. */
export interface Pick {
  id: string | null;
  index: number;
}

/** What the right panel shows. `mail`: a message, below the mailbox, which stands in the place of the review queue then. */
export type Right = 'pane' | 'diff' | 'task' | 'mail';

export type Mode =
  | { kind: 'normal' }
  | { kind: 'help' }
  /** A yes-or-no question; `act` is what yes does. */
  | { kind: 'ask'; question: string; act: () => void }
  /** A line being written in the footer; `wanted` says what is missing when it is empty. */
  | { kind: 'note'; title: string; wanted: string; line: Line; send: (text: string) => void }
  /** Inside a pane of this process: keys go there. */
  | { kind: 'attached'; worker: string; write(bytes: string): void; close(): void };

/** What a key had to say: shown in the footer until the next key or notice. */
export interface Message {
  level: 'info' | 'warn' | 'error';
  text: string;
  /** seq of the state when it was said; a later notice covers it. */
  seq: number;
  /** Id of the mail that it tells of, and goes with. */
  about?: string;
}

export interface View {
  state: State;
  /** Wall time, ms; moves only when an age on the screen reads differently. */
  now: number;
  size: Size;
  theme: Theme;
  supervisor: 'up' | 'down' | 'unknown';
  focus: Panel;
  right: Right;
  zoom: boolean;
  picks: Readonly<Record<ListPanel, Pick>>;
  /** First visible row of each list and document. */
  tops: Readonly<Record<string, number>>;
  mode: Mode;
  message: Message | null;
  live: Readonly<Record<string, WorkerLive>>;
  progress: Readonly<Record<string, Progress>>;
  screen: { worker: string; rows: readonly string[] | null } | null;
  /** Diffs by change; a string is the reason why there is none. */
  diffs: Readonly<Record<string, Diff | string>>;
  taskTexts: Readonly<Record<string, string>>;
  /** What waits in the operator's mailbox. */
  mail: readonly Mail[];
  mailTexts: Readonly<Record<string, string>>;
  /** Id of the message that is being answered or put away. */
  handling: string | null;
  /** Where the operator was before the mailbox. */
  behind: { focus: Panel; right: Right };
  /** The approval under way: the facts it was given for. */
  sent: { facts: string; change: string } | null;
  /** Whether the stop of the swarm was asked for here: then the face goes when it has stopped. */
  stopAsked: boolean;
}

export function firstView(state: State, size: Size, theme: Theme, now: number): View {
  const none: Pick = { id: null, index: 0 };
  return {
    state,
    now,
    size,
    theme,
    supervisor: 'unknown',
    focus: 'workers',
    right: 'pane',
    zoom: false,
    picks: { workers: none, tasks: none, queue: none, mail: none },
    tops: {},
    mode: { kind: 'normal' },
    message: null,
    live: {},
    progress: {},
    screen: null,
    diffs: {},
    taskTexts: {},
    mail: [],
    mailTexts: {},
    handling: null,
    behind: { focus: 'workers', right: 'pane' },
    sent: null,
    stopAsked: false,
  };
}

/** Where keys go: a panel, or the message in the right one. */
export type Place = Panel | 'message';
export const placeOf = ({ focus, right }: View): Place => (focus === 'right' && right === 'mail' ? 'message' : focus);

export const workerIn = (view: View) => view.state.workers[view.picks.workers.id ?? ''];
export const taskIn = (view: View) => view.state.tasks[view.picks.tasks.id ?? ''];
export const changeIn = (view: View): Change | undefined => view.state.changes[view.picks.queue.id ?? ''];
export const mailIn = (view: View): Mail | undefined => view.mail.find(({ id }) => id === view.picks.mail.id);

// One line a person can read for what happened; null for what is not worth one.
import { clean } from '../core/clean.ts';
import type { Event, EventOf, EventType, JournalLine } from '../core/event.ts';
import type { State } from '../core/state.ts';

type Teller = { [T in EventType]?: (event: EventOf<T>, state: State) => string | null };

const short = (sha: string) => sha.slice(0, 7);
const titleOf = (state: State, id: string) => `${short(id)} ${state.changes[id]?.title ?? ''}`;

const tell: Teller = {
  'swarm.started': (event) => `swarm ${event.swarm} on ${event.base.branch}@${short(event.base.sha)}`,
  'supervisor.started': (event) =>
    `supervisor ${event.pid}, panes: ${event.panes}${event.panesReason ? ` (${event.panesReason})` : ''}`,
  'board.changed': (event, state) =>
    event.seen.length > 0 ? `${Object.keys(state.tasks).length} tasks on the board` : null,
  'worktree.ready': (event) => `${event.worker} has a worktree on ${event.branch}`,
  'pane.opened': (event) => `${event.worker} has a pane`,
  'pane.exited': (event) => `${event.worker}: its runner ended (${event.code ?? event.signal ?? 'gone'})`,
  'tasks.claimed': (event) =>
    [
      event.claimed.length > 0 && `${event.worker} claimed ${event.claimed.join(', ')}`,
      event.refused.length > 0 &&
        `${event.worker} did not get ${event.refused.map(({ id, why }) => `${id} (${why})`).join(', ')}`,
    ]
      .filter(Boolean)
      .join('; ') || null,
  'turn.ended': (event) =>
    event.outcome === 'done'
      ? null
      : `${event.worker}: turn ${event.turn} ${event.outcome}${event.error ? `: ${event.error.class}: ${event.error.message}` : ''}`,
  'work.committed': (event) => `${event.worker} handed in ${short(event.head)}: ${event.files.length} files`,
  'work.empty': (event) => `${event.worker} handed in, but nothing differs from the base`,
  'change.integrated': (event, state) =>
    `checked ${titleOf(state, event.change)}: ${event.checks.map((check) => `${check.name} ${check.ok ? 'ok' : 'RED'}`).join(', ') || 'no checks'}`,
  'change.conflicted': (event, state) =>
    `${titleOf(state, event.change)}: ${state.changes[event.change]?.reason ?? 'conflict'}; back to ${state.changes[event.change]?.worker ?? 'its worker'}`,
  'change.landed': (event, state) => `merged ${titleOf(state, event.change)} as ${short(event.commit)}`,
  'change.held': (event, state) => `${titleOf(state, event.change)} waits: ${event.reason}`,
  'change.approve-asked': (event, state) => `${event.by} approved ${titleOf(state, event.change)}`,
  'change.reject-asked': (event, state) => `${event.by} sent back ${titleOf(state, event.change)}: ${event.note}`,
  'effect.failed': (event) => `failed: ${event.message}${event.hint ? ` (${event.hint})` : ''}`,
  'swarm.stop-asked': (event) => `stop asked by ${event.by}`,
  'swarm.stopped': (event) => `swarm stopped (${event.reason})`,
};

/** `12:03:11 w1 claimed cors`. */
export function storyLine(line: JournalLine, state: State): string | null {
  const teller = tell[line.event.type] as ((event: Event, state: State) => string | null) | undefined;
  const text = teller?.(line.event, state);
  return text ? `${new Date(line.at).toTimeString().slice(0, 8)} ${clean(text)}` : null;
}

// What happened, in lines a person can read: events that are worth one, and the warnings that came of them.
import { clean } from '../core/clean.ts';
import type { Event, EventOf, EventType, JournalLine } from '../core/event.ts';
import type { State } from '../core/state.ts';

type Teller = { [T in EventType]?: (event: EventOf<T>, state: State) => string | null };

const short = (sha: string) => sha.slice(0, 7);
const titleOf = (state: State, id: string) => `${short(id)} ${state.changes[id]?.title ?? ''}`;

const tell: Teller = {
  'swarm.started': (event) => `swarm ${event.swarm} on ${event.base.branch}@${short(event.base.sha)}`,
  'supervisor.started': (event) => `supervisor ${event.pid}, panes: ${event.panes}`,
  'board.changed': (event) => {
    const free = event.seen.filter((task) => task.column === 'pending').map((task) => task.id);
    const more = free.length > 8 ? ` and ${free.length - 8} more` : '';
    return free.length > 0 ? `on the board: ${free.slice(0, 8).join(', ')}${more}` : null;
  },
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
  'tasks.collected': ({ worker, added }) =>
    added.length > 0 ? `${worker} added ${added.map(({ id }) => id).join(', ')}` : null,
  'turn.ended': (event) => (event.outcome === 'stopped' ? `${event.worker}: turn ${event.turn} was stopped` : null),
  'work.committed': (event) => `${event.worker} handed in ${short(event.head)}: ${event.files.length} files`,
  'work.empty': (event) => `${event.worker} handed in, but nothing differs from the base`,
  'change.integrated': (event, state) =>
    `checked ${titleOf(state, event.change)}: ${event.checks.map((check) => `${check.name} ${check.ok ? 'ok' : 'RED'}`).join(', ') || 'no checks'}`,
  'change.conflicted': (event, state) =>
    `${titleOf(state, event.change)}: ${state.changes[event.change]?.reason ?? 'conflict'}; back to ${state.changes[event.change]?.worker ?? 'its worker'}`,
  'change.landed': (event, state) => `merged ${titleOf(state, event.change)} as ${short(event.commit)}`,
  'change.approve-asked': (event, state) => `${event.by} approved ${titleOf(state, event.change)}`,
  'change.reject-asked': (event, state) => `${event.by} sent back ${titleOf(state, event.change)}: ${event.note}`,
  'swarm.stop-asked': (event) => `stop asked by ${event.by}`,
  'swarm.stopped': (event) => `swarm stopped (${event.reason})`,
};

/** `12:03:11 w1 claimed cors`, and `12:03:12 ! w1: …` for a warning. `state` is the one after these lines. */
export function storyOf(lines: readonly JournalLine[], state: State): string[] {
  return lines.flatMap((line) => {
    const teller = tell[line.event.type] as ((event: Event, state: State) => string | null) | undefined;
    const text = teller?.(line.event, state);
    const warnings = state.notices.filter((notice) => notice.seq === line.seq && notice.level !== 'info');
    return [...(text ? [text] : []), ...warnings.map((notice) => `! ${notice.text}`)].map(
      (each) => `${new Date(line.at).toTimeString().slice(0, 8)} ${clean(each)}`,
    );
  });
}

// The operator's decisions on changes.
import { checksDigest } from '../../core/select.ts';
import type { Change } from '../../core/state.ts';
import { short } from '../documents/diff-document.ts';
import { baseOf, factsOf } from '../facts.ts';
import { queueList } from '../lists.ts';
import { focusOn } from '../moves.ts';
import type { Face } from '../store.ts';
import { changeLooks } from '../theme.ts';
import { changeIn, type View } from '../view.ts';
import { type Action, board } from './action.ts';
import { askLine } from './ask.ts';

const finished: readonly Change['status'][] = ['merged', 'rejected', 'conflicted', 'withdrawn'];

/** The change that is on the screen, or why there is none to decide on. */
function onScreen(view: View): Change | string {
  if (view.focus === 'right' && view.right !== 'diff')
    return 'look at the change first: 3 is the review queue, 5 its diff';
  return changeIn(view) ?? 'no change is handed in yet';
}

function mayApprove(view: View, face?: Face): true | string {
  const change = onScreen(view);
  if (typeof change === 'string') return change;
  if (change.status === 'queued' && change.held)
    return `${short(change.id)} is approved and waits: ${change.held.reason}`;
  if (change.status !== 'awaiting-approval' && change.status !== 'lapsed')
    return `${short(change.id)} is ${changeLooks[change.status].word}: only a change that awaits approval can be approved`;
  if (view.sent?.change === change.id) return `the approval of ${short(change.id)} is on its way`;
  return (
    !face ||
    face.arming.isArmed(factsOf(change)) ||
    `${short(change.id)} just changed on the screen: look at it, then press a again`
  );
}

function mayReject(view: View): true | string {
  const change = onScreen(view);
  if (typeof change === 'string') return change;
  return !finished.includes(change.status) || `${short(change.id)} is ${changeLooks[change.status].word} already`;
}

/** Sends the approval of exactly what is on the screen, and goes on to the next change that awaits one. */
function approve(face: Face): void {
  const view = face.view();
  const change = changeIn(view);
  if (!change) return;
  const sent = { facts: factsOf(change), change: change.id };
  const next = nextAwaiting(view, change);
  face.update({ sent, picks: next ? { ...view.picks, queue: { id: next.id, index: 0 } } : view.picks });
  const done =
    change.status === 'lapsed'
      ? `asked for a new check of ${short(change.id)}`
      : `approved ${short(change.id)} ${change.title}`;
  const wish = {
    wish: 'approve',
    change: change.id,
    head: change.id,
    base: baseOf(change),
    checks: checksDigest(change),
  } as const;
  void face.wish(wish, done).then((delivered) => {
    if (!delivered) face.update(({ sent: now }) => (now === sent ? { sent: null } : {}));
  });
}

function nextAwaiting(view: View, change: Change): Change | undefined {
  const list = queueList(view.state);
  const at = list.indexOf(change);
  return [...list.slice(at + 1), ...list.slice(0, Math.max(0, at))].find(
    ({ status }) => status === 'awaiting-approval',
  );
}

function reject(face: Face): void {
  const change = changeIn(face.view());
  if (!change) return;
  // An empty note would teach the worker nothing.
  askLine(
    face,
    `reject ${short(change.id)}`,
    'say what should change, or press Esc',
    (note) => void face.wish({ wish: 'reject', change: change.id, note }, `sent ${short(change.id)} back`),
  );
}

export const reviewing: readonly Action[] = [
  {
    id: 'approve',
    group: 'Review',
    keys: ['a'],
    label: (view) => (changeIn(view)?.status === 'lapsed' ? 'check again' : 'approve'),
    help: 'approve the change on the screen; it merges when it is green',
    where: ['queue', 'right'],
    footer: 10,
    enabled: mayApprove,
    run: approve,
  },
  {
    id: 'reject',
    group: 'Review',
    keys: ['r'],
    label: 'reject',
    help: 'send the change back to its worker, with a note',
    where: ['queue', 'right'],
    footer: 11,
    enabled: mayReject,
    run: reject,
  },
  {
    id: 'open-diff',
    group: 'Review',
    keys: ['enter'],
    label: 'open',
    help: 'open the diff of the selected change',
    where: ['queue'],
    footer: 12,
    enabled: hasChange,
    run: showDiff,
  },
  {
    id: 'diff',
    group: 'Look',
    keys: ['d'],
    label: 'diff',
    help: "diff of the selected change, or of the selected worker's",
    footer: 30,
    where: board,
    enabled: hasChange,
    run: showDiff,
  },
];

function hasChange(view: View): true | string {
  return queueList(view.state).length > 0 || 'no change is handed in yet';
}

function showDiff(face: Face): void {
  face.update((view) => {
    const theirs =
      view.focus === 'workers'
        ? view.state.workers[view.picks.workers.id ?? '']?.change
        : view.focus === 'tasks'
          ? view.state.tasks[view.picks.tasks.id ?? '']?.change
          : null;
    const picks =
      theirs && view.state.changes[theirs] ? { ...view.picks, queue: { id: theirs, index: 0 } } : view.picks;
    return { ...focusOn('right', 'diff')(view), picks };
  });
}

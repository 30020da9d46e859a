// What the operator does with workers.
import { messageOf } from '../../core/errors.ts';
import type { Worker } from '../../core/state.ts';
import type { Choice } from '../../core/turn.ts';
import { askFactsOf } from '../facts.ts';
import { insideOf, layoutOf } from '../settle.ts';
import type { Face } from '../store.ts';
import { type View, workerIn } from '../view.ts';
import type { Action } from './action.ts';
import { ask } from './ask.ts';

const isPaused = (worker: Worker | undefined) => worker?.status === 'paused' || worker?.wanted === 'pause';
const gone: readonly Worker['status'][] = ['stopping', 'stopped'];

function hasWorker(view: View): true | string {
  if (view.focus === 'right' && view.right !== 'pane') return 'look at the worker first: 1 is the list, 4 its pane';
  const worker = workerIn(view);
  if (!worker) return 'there is no worker yet';
  return !gone.includes(worker.status) || `${worker.id} is ${worker.status}`;
}

function hasPane(view: View): true | string {
  if (view.focus === 'right' && view.right !== 'pane') return 'nothing to open here: Esc goes back to the list';
  const worker = workerIn(view);
  if (!worker) return 'there is no worker yet';
  return worker.pane !== null || `${worker.id} has no pane now: it is ${worker.status}`;
}

/** Whether what the worker asks can be answered from here. */
function mayAnswer(view: View, face?: Face): true | string {
  if (view.focus === 'right' && view.right !== 'pane') return 'look at the worker first: 1 is the list, 4 its pane';
  const worker = workerIn(view);
  if (!worker?.ask) return `${worker?.id ?? 'this worker'} asks nothing`;
  if (!worker.ask.answerable) return `${worker.id} can be answered in its pane only: press Enter`;
  return (
    !face ||
    face.arming.isArmed(askFactsOf(worker) ?? '') ||
    `${worker.id} just asked something new: read it, then press the key again`
  );
}

function answer(face: Face, choice: Choice, done: string): void {
  const worker = workerIn(face.view());
  if (worker?.ask) void face.wish({ wish: 'answer', worker: worker.id, ask: worker.ask.id, choice }, done);
}

async function attach(face: Face): Promise<void> {
  const worker = workerIn(face.view());
  if (!worker) return;
  // Who goes in answers there: the harness is to show its own dialogue.
  if (worker.ask?.answerable) answer(face, 'pane', `${worker.id} asks in its pane`);
  try {
    const attachment = await face.ports.attach(worker.id);
    if (attachment.kind === 'exec') return await face.terminal?.lend(() => attachment.run());
    const { cols, rows } = layoutOf(face.view()).frame;
    attachment.resize(cols - 4, insideOf(rows - 1));
    face.update({
      mode: { kind: 'attached', worker: worker.id, write: attachment.write, close: () => attachment.close?.() },
    });
  } catch (error) {
    face.say('error', `cannot attach to ${worker.id}: ${messageOf(error)}`);
  }
}

export const workers: readonly Action[] = [
  {
    id: 'allow',
    group: 'Workers',
    keys: ['y'],
    label: 'allow',
    help: 'allow what the selected worker asks to do',
    where: ['workers', 'right'],
    footer: 5,
    enabled: mayAnswer,
    run: (face) => answer(face, 'allow', `allowed ${workerIn(face.view())?.id}`),
  },
  {
    id: 'deny',
    group: 'Workers',
    keys: ['n'],
    label: 'deny',
    help: 'refuse it; the agent is told so and goes on',
    where: ['workers', 'right'],
    footer: 6,
    enabled: mayAnswer,
    run: (face) => answer(face, 'deny', `refused ${workerIn(face.view())?.id}`),
  },
  {
    id: 'attach',
    group: 'Workers',
    keys: ['enter'],
    label: 'attach',
    help: "into the worker's pane; Ctrl-q (or tmux prefix, d) comes back",
    where: ['workers', 'right'],
    footer: 20,
    enabled: hasPane,
    run: (face) => void attach(face),
  },
  {
    id: 'pause',
    group: 'Workers',
    keys: ['p'],
    label: (view) => (isPaused(workerIn(view)) ? 'resume' : 'pause'),
    help: 'pause the selected worker after its turn, or let it go on',
    footer: 40,
    where: ['workers', 'right'],
    enabled: hasWorker,
    run: (face) => {
      const worker = workerIn(face.view());
      if (!worker) return;
      const wish = isPaused(worker) ? 'resume' : 'pause';
      void face.wish({ wish, worker: worker.id }, `asked ${worker.id} to ${wish}`);
    },
  },
  {
    id: 'stop-worker',
    group: 'Workers',
    keys: ['x'],
    label: 'stop',
    help: 'stop the selected worker (asks); its work is kept',
    footer: 41,
    where: ['workers', 'right'],
    enabled: hasWorker,
    run: (face) => {
      const id = workerIn(face.view())?.id;
      if (id)
        ask(
          face,
          `Stop ${id}? Its tasks go back to pending, its work is kept.`,
          () => void face.wish({ wish: 'stop-worker', worker: id }, `asked ${id} to stop`),
        );
    },
  },
  {
    id: 'add-worker',
    group: 'Workers',
    keys: ['+'],
    label: 'add',
    help: 'one worker more, like the selected one',
    footer: 42,
    where: ['workers'],
    run: (face) =>
      void face.wish({ wish: 'add-worker', like: workerIn(face.view())?.id ?? null }, 'asked for one worker more'),
  },
  {
    id: 'remove-worker',
    group: 'Workers',
    keys: ['-'],
    label: 'remove',
    help: 'one worker less (asks): an idle one if there is one',
    footer: 43,
    where: ['workers', 'right'],
    enabled: hasWorker,
    run: (face) =>
      ask(
        face,
        'One worker less? Its work is kept.',
        () => void face.wish({ wish: 'remove-worker' }, 'asked for one worker less'),
      ),
  },
];

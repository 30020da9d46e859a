// Tasks, help, and leaving.

import { focusOn } from '../moves.ts';
import type { Face } from '../store.ts';
import { taskIn, type View } from '../view.ts';
import { type Action, board } from './action.ts';
import { ask } from './ask.ts';

const hasTask = (view: View): true | string => (taskIn(view) ? true : 'there is no task: put a file in tasks/pending/');

export const tasks: readonly Action[] = [
  {
    id: 'open-task',
    group: 'Tasks',
    keys: ['enter'],
    label: 'open',
    help: 'the selected task, with its file',
    where: ['tasks'],
    footer: 20,
    enabled: hasTask,
    run: (face) => face.update(focusOn('right', 'task')),
  },
  {
    id: 'requeue',
    group: 'Tasks',
    keys: ['u'],
    label: 'unblock',
    help: 'put a blocked task back to pending',
    where: ['tasks'],
    footer: 21,
    enabled: (view) => {
      const task = taskIn(view);
      if (!task) return hasTask(view);
      return task.status === 'blocked' || `${task.id} is not blocked`;
    },
    run: (face) => {
      const task = taskIn(face.view());
      if (task) void face.wish({ wish: 'requeue', tasks: [task.id] }, `asked to put ${task.id} back`);
    },
  },
];

export const swarm: readonly Action[] = [
  {
    id: 'help',
    group: 'Look',
    keys: ['?'],
    label: 'help',
    help: 'this page',
    footer: 90,
    run: (face) => face.update((view) => ({ mode: { kind: 'help' }, tops: { ...view.tops, help: 0 } })),
  },
  {
    id: 'leave',
    group: 'Swarm',
    keys: ['q'],
    label: 'leave',
    help: 'leave; the swarm runs on, oompa tui comes back to it',
    footer: 91,
    where: board,
    run: leave,
  },
  {
    id: 'leave-anyway',
    group: 'Swarm',
    keys: ['ctrl-c'],
    label: 'leave',
    help: 'leave, also from the mailbox',
    run: leave,
  },
  {
    id: 'stop-swarm',
    group: 'Swarm',
    keys: ['Q'],
    label: 'stop swarm',
    help: 'stop the swarm (asks); unfinished work is kept',
    footer: 85,
    enabled: ({ state }) => {
      if (!state.swarm) return 'no swarm runs here';
      return state.swarm.status === 'running' || `the swarm is ${state.swarm.status}`;
    },
    run: (face) => ask(face, 'Stop the whole swarm? Unfinished work is kept.', () => stop(face)),
  },
];

function leave(face: Face): void {
  const go = () => face.terminal?.leave('left');
  const { swarm } = face.view().state;
  if (swarm?.panes === 'pty' && swarm.status === 'running')
    ask(face, 'The panes live in this program: leaving ends them. Leave?', go);
  else go();
}

function stop(face: Face): void {
  face.update({ stopAsked: true });
  void face.wish({ wish: 'stop' }, 'asked the swarm to stop').then((delivered) => {
    if (!delivered) face.update({ stopAsked: false });
  });
}

// Shows the face on values made by hand, to look at it: node tests/ui/by-hand.ts [busy|empty|down|many|pty]. Not a test.

import type { State } from '../../src/core/state.ts';
import { showFace } from '../../src/ui/face.tsx';
import { skeleton } from '../../src/ui/skeleton.ts';
import {
  ago,
  busyState,
  makeChange,
  makeMail,
  makeMailbox,
  makePorts,
  makeState,
  makeTask,
  makeWorker,
  start,
} from './fixtures.ts';

const base = busyState();
const scenes: Record<string, State> = {
  busy: base,
  empty: makeState(),
  down: makeState(),
  many: makeState({
    workers: Array.from({ length: 200 }, (_, at) =>
      makeWorker(`w${at}`, { status: at % 3 ? 'working' : 'idle', claims: [`task-${at}`] }),
    ),
    tasks: Array.from({ length: 3_000 }, (_, at) =>
      makeTask(`task-${at}`, { status: (['pending', 'claimed', 'merged'] as const)[at % 3] ?? 'pending' }),
    ),
    changes: Array.from({ length: 50 }, (_, at) => makeChange(at)),
  }),
  pty: { ...base, swarm: base.swarm && { ...base.swarm, panes: 'pty' } },
};
const scene = process.argv[2] ?? 'busy';
const port = {
  text: 'Which port shall the server listen on? 8080 is taken by the proxy here.',
  options: ['8080', '9090', 'ask again when the proxy is gone'],
};
const mail = [
  makeMail(0, { question: { ...port, default: '8080', deadline: ago(-255) }, type: 'QUESTION', task: 'add-due-dates' }),
  makeMail(1, {
    type: 'HELP_REQUEST',
    question: { text: 'How is the API key given?', options: [], default: null, deadline: null },
  }),
  makeMail(2, { type: 'BLOCKED', subject: 'no network in the sandbox' }),
  makeMail(3, { from: 'lead', type: 'ACK_OVERDUE', subject: 'w1 has not acked "Rebase now"', task: null }),
  ...Array.from({ length: scene === 'many' ? 10_000 : 3 }, (_, at) =>
    makeMail(at + 4, { from: `w${at % 9}`, subject: `I have read ${at} files` }),
  ),
];
const ports = makePorts({
  mail: { ...makeMailbox(scene === 'empty' ? [] : mail) },
  supervisorUp: async () => scene !== 'down',
  attach: async () => ({ kind: 'inside', write: (bytes) => ports.calls.push(bytes), resize: () => {} }),
});
process.stdout.write(
  skeleton(
    process.stdout.columns,
    process.stdout.rows,
    { repository: 'todo-api', branch: 'main', sha: base.swarm?.base.sha ?? null, rows: { workers: 6 } },
    process.env,
  ),
);
const how = await showFace({
  ports,
  state: scenes[scene] ?? base,
  skeleton: true,
  clock: { wall: () => start + performance.now(), monotonic: () => performance.now() },
});
console.log(`${how}; wishes: ${JSON.stringify(ports.wishes)}`);

// States made by hand for the face, and ports that answer from values.
import { Config, WorkerConfig } from '../../src/core/config.ts';
import { freshLog } from '../../src/core/records.ts';
import { type Change, emptyState, type State, type Task, type Worker } from '../../src/core/state.ts';
import { noUsage } from '../../src/core/usage.ts';
import type { Wish } from '../../src/core/wish.ts';
import type { Clock, Mail, Mailbox, Ports } from '../../src/ui/ports.ts';

export const start = Date.parse('2026-03-01T10:00:00.000Z');
export const ago = (seconds: number) => new Date(start - seconds * 1_000).toISOString();
export const sha = (seed: number) => (((seed + 1) * 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(5);

export const config = Config.parse({ workers: [{ model: 'claude:opus' }] });

export function makeWorker(id: string, patch: Partial<Worker> = {}): Worker {
  return {
    id,
    seat: 'worker',
    spec: WorkerConfig.parse({ model: 'claude:opus' }),
    status: 'idle',
    since: ago(130),
    why: null,
    wanted: 'run',
    worktree: null,
    pane: `%${id}`,
    turn: null,
    next: null,
    ask: null,
    turns: 0,
    cycle: 1,
    finished: 0,
    turnsInCycle: 0,
    silent: 0,
    followUps: 0,
    rounds: 0,
    sentBack: 0,
    claims: [],
    restUntil: null,
    waitingSince: null,
    looked: null,
    log: freshLog,
    suggested: null,
    change: null,
    conversation: null,
    failures: 0,
    retryAt: null,
    unread: [],
    usage: noUsage,
    uncharged: noUsage,
    leaving: false,
    retired: false,
    planned: null,
    ...patch,
  };
}

export function makeTask(id: string, patch: Partial<Task> = {}): Task {
  return {
    id,
    file: `${id}.json`,
    column: 'pending',
    summary: `Summary of ${id}`,
    priority: null,
    dependsOn: [],
    files: [],
    status: 'pending',
    since: ago(600),
    worker: null,
    change: null,
    attempts: 0,
    reason: null,
    usage: noUsage,
    ...patch,
  };
}

export function makeChange(seed: number, patch: Partial<Change> = {}): Change {
  const id = sha(seed);
  return {
    id,
    worker: 'w0',
    tasks: [`task-${seed}`],
    title: `Title of change ${seed}`,
    base: sha(900),
    files: [
      { path: 'src/todo.js', added: 20, removed: 3 },
      { path: 'test/todo.test.js', added: 14, removed: 0 },
    ],
    added: 34,
    removed: 3,
    status: 'awaiting-approval',
    since: ago(40 + seed),
    handedInAt: ago(90 + seed),
    round: 0,
    escapes: [],
    integration: {
      base: sha(900),
      commit: sha(seed + 500),
      tree: sha(seed + 700),
      checks: [{ name: 'tests', ok: true, code: 0, durationMs: 3_200, tail: '' }],
    },
    review: null,
    approval: null,
    reason: null,
    conflict: null,
    held: null,
    landed: null,
    ...patch,
  };
}

export function makeState(
  parts: { workers?: Worker[]; tasks?: Task[]; changes?: Change[] } & Partial<
    Omit<State, 'workers' | 'tasks' | 'changes'>
  > = {},
): State {
  const { workers = [], tasks = [], changes = [], ...rest } = parts;
  const byId = <T extends { id: string }>(list: T[]) => Object.fromEntries(list.map((each) => [each.id, each]));
  return {
    ...emptyState,
    seq: 10,
    at: ago(1),
    swarm: {
      id: '1f2e3d4c',
      root: '/work/todo-api',
      base: { branch: 'main', sha: sha(900) },
      config,
      providers: {},
      configFile: null,
      status: 'running',
      startedAt: ago(720),
      boardSeen: true,
      boardAt: -1,
      stopReason: null,
      pid: 4242,
      panes: 'tmux',
      panesReason: null,
      left: [],
    },
    ...rest,
    workers: byId(workers),
    tasks: byId(tasks),
    changes: byId(changes),
  };
}

/** A swarm in the middle of its work: everything there is, once. */
export function busyState(): State {
  return makeState({
    workers: [
      makeWorker('w0', {
        status: 'working',
        since: ago(125),
        claims: ['add-due-dates'],
        turn: { id: 'w0-t3', kind: 'work', note: '', sentAt: ago(125), review: null },
      }),
      makeWorker('w1', {
        status: 'working',
        since: ago(14),
        claims: ['search-by-tag'],
        spec: { ...makeWorker('x').spec, model: 'codex:gpt-5:high' },
      }),
      makeWorker('w2', {
        status: 'idle',
        since: ago(61),
        change: sha(1),
        spec: { ...makeWorker('x').spec, model: 'command:node /opt/agents/my-agent.mjs --fast' },
      }),
      makeWorker('w3', {
        status: 'needs-you',
        since: ago(4),
        why: 'asks for permission: rm -rf dist',
        claims: ['docs'],
      }),
      makeWorker('w4', { status: 'failed', since: ago(4_000), why: 'crashed 5 times: exit 127', pane: null }),
      makeWorker('w5', { status: 'paused', since: ago(90_000), wanted: 'pause' }),
    ],
    tasks: [
      makeTask('add-due-dates', {
        status: 'claimed',
        column: 'current',
        worker: 'w0',
        summary: 'Due dates for todo items',
      }),
      makeTask('search-by-tag', { status: 'claimed', column: 'current', worker: 'w1', summary: 'Search items by tag' }),
      makeTask('docs', { status: 'claimed', column: 'current', worker: 'w3', summary: 'Describe the API' }),
      makeTask('task-1', {
        status: 'handed-in',
        column: 'current',
        worker: 'w2',
        change: sha(1),
        summary: 'Validate the input',
      }),
      makeTask('task-2', {
        status: 'handed-in',
        column: 'current',
        worker: 'w2',
        change: sha(2),
        summary: 'Limit the rate',
      }),
      makeTask('cache', { dependsOn: ['task-1'], summary: 'Cache the list' }),
      makeTask('metrics', { dependsOn: ['cache'], summary: 'Count requests' }),
      makeTask('csv', { attempts: 1, summary: 'Export as CSV' }),
      makeTask('legacy', {
        status: 'blocked',
        attempts: 3,
        reason: 'checks failed: tests',
        summary: 'Remove the legacy route',
      }),
      makeTask('setup', { status: 'merged', column: 'complete', summary: 'Set up the project', since: ago(300) }),
      makeTask('health', { status: 'merged', column: 'complete', summary: 'A health route', since: ago(200) }),
    ],
    changes: [
      makeChange(1, { worker: 'w2', tasks: ['task-1'], title: 'Validate the input' }),
      makeChange(2, {
        worker: 'w2',
        tasks: ['task-2'],
        title: 'Limit the rate',
        status: 'checking',
        integration: null,
      }),
      makeChange(3, {
        worker: 'w1',
        tasks: ['health'],
        title: 'A health route',
        status: 'merged',
        landed: sha(903),
        since: ago(200),
      }),
      makeChange(4, {
        worker: 'w0',
        tasks: ['add-due-dates'],
        title: 'Due dates for todo items',
        status: 'rejected',
        reason: 'checks failed: tests',
        since: ago(300),
        integration: {
          base: sha(899),
          commit: sha(504),
          tree: sha(704),
          checks: [
            {
              name: 'tests',
              ok: false,
              code: 1,
              durationMs: 2_100,
              tail: 'not ok 3 - due date is kept\n  expected: 2026-01-01\n  actual: undefined',
            },
          ],
        },
      }),
      makeChange(5, {
        worker: 'w1',
        tasks: ['search-by-tag'],
        title: 'Search items by tag',
        status: 'queued',
        since: ago(20),
        held: { reason: 'your own changes are in the way', files: ['src/todo.js'], retryAt: ago(-5) },
      }),
    ],
    notices: [{ seq: 9, at: ago(200), level: 'info', text: 'merged 1a2b3c7 A health route' }],
  });
}

export const someDiff = `diff --git a/src/todo.js b/src/todo.js
index 1111111..2222222 100644
--- a/src/todo.js
+++ b/src/todo.js
@@ -1,6 +1,9 @@ export function add(list, item) {
 export function add(list, item) {
-  list.push(item);
+  if (!item.title) throw new Error('a title is needed');
+  list.push({ ...item, at: Date.now() });
   return list;
 }
-- old comment
diff --git a/test/todo.test.js b/test/todo.test.js
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ b/test/todo.test.js
@@ -0,0 +1,3 @@
+import { test } from 'node:test';
+
+test('adds', () => {});
`;

/** A message of `w<seed>`; `options` make it a question. */
export function makeMail(seed: number, patch: Partial<Mail> & { options?: string[] } = {}): Mail {
  const { options, ...rest } = patch;
  const text = `Question ${seed}?`;
  return {
    id: `w${seed}+m${seed}@oompa`,
    from: `w${seed}`,
    type: options ? 'QUESTION' : 'note',
    task: `task-${seed}`,
    subject: `Subject ${seed}`,
    at: ago(100 - seed),
    question: options ? { text, options, default: null, deadline: null } : null,
    ...rest,
  };
}

/** A mailbox of values: what is done is written down, and takes the message away. */
export interface FakeMailbox extends Mailbox {
  deeds: string[];
  /** What lies in it now. */
  put(mail: readonly Mail[]): void;
}

export function makeMailbox(first: readonly Mail[] = []): FakeMailbox {
  const deeds: string[] = [];
  let lies: readonly Mail[] = first;
  let news: readonly Mail[] | null = first;
  let hint = () => {};
  const put = (mail: readonly Mail[]) => {
    lies = mail;
    news = mail;
    hint();
  };
  const take = (id: string, deed: string) => {
    deeds.push(deed);
    put(lies.filter((each) => each.id !== id));
  };
  return {
    deeds,
    put,
    list: async () => {
      const mail = news;
      news = null;
      return mail;
    },
    onHint: (listener) => {
      hint = listener;
      return () => {
        hint = () => {};
      };
    },
    text: async (id) => `Text of ${id}`,
    decide: async (id, decision) => take(id, `decide ${id} ${decision}`),
    reply: async (id, text) => {
      if (lies.find((each) => each.id === id)?.question) deeds.push(`reply ${id} ${text}`);
      else take(id, `reply ${id} ${text}`);
      return [];
    },
    done: async (id) => take(id, `done ${id}`),
  };
}

export interface FakePorts extends Ports {
  wishes: Wish[];
  mail: FakeMailbox;
  calls: string[];
  tell(lines: Parameters<Parameters<Ports['journal']>[0]>[0]): void;
}

/** Ports that answer from values and write down what they are asked. */
export function makePorts(patch: Partial<Omit<FakePorts, 'wishes' | 'calls' | 'tell'>> = {}): FakePorts {
  let listener: Parameters<Ports['journal']>[0] = () => {};
  const wishes: Wish[] = [];
  const calls: string[] = [];
  return {
    wishes,
    calls,
    tell: (lines) => listener(lines),
    journal: (onLines) => {
      listener = onLines;
      return () => {
        listener = () => {};
      };
    },
    live: async (workers) => {
      calls.push(`live ${workers.length}`);
      return Object.fromEntries(
        workers.map((worker) => [
          worker,
          {
            worker,
            pid: 1,
            activity: 'working',
            turn: null,
            attempt: 1,
            since: ago(10),
            lastOutputAt: ago(2),
            lastLine: `${worker} runs the tests`,
            source: 'runner',
          },
        ]),
      );
    },
    progress: async (worker) => {
      calls.push(`progress ${worker}`);
      return { files: 2, added: 41, removed: 3 };
    },
    screen: async (worker) => {
      calls.push(`screen ${worker}`);
      return [`\x1b[1m● ${worker} reads src/todo.js\x1b[0m`, '  12 lines', '', `\x1b[32m✓\x1b[0m tests pass`, '', ''];
    },
    diff: async (change) => {
      calls.push(`diff ${change.id}`);
      return { files: change.files, text: someDiff, omitted: [] };
    },
    taskText: async (task) => `{"id": "${task}"}`,
    send: async (wish) => void wishes.push(wish),
    attach: async () => ({ kind: 'exec', run: async () => {} }),
    mail: makeMailbox(),
    supervisorUp: async () => true,
    ...patch,
  };
}

/** A clock that stands still until it is moved. */
export function makeClock(): Clock & { move(ms: number): void } {
  let ms = 0;
  return {
    wall: () => start + ms,
    monotonic: () => ms,
    move: (by) => {
      ms += by;
    },
  };
}

import stringWidth from 'string-width';
import { afterEach, describe, expect, it } from 'vitest';
import type { State } from '../../src/core/state.ts';
import { skeleton } from '../../src/ui/skeleton.ts';
import { foreignSequences, hostileTexts } from '../helpers/grammar.ts';
import { ago, busyState, makeMail, makeMailbox, makePorts } from './fixtures.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage | undefined;
afterEach(() => stage?.close());

/** Fields whose values steer the face instead of being shown as they are: an enum, an instant, the identity. */
const steering = new Set([
  'status',
  'seat',
  'verdict',
  'column',
  'since',
  'at',
  'startedAt',
  'handedInAt',
  'sentAt',
  'retryAt',
  'wanted',
  'level',
  'kind',
  'id',
  'panes',
  'approval',
]);

/** The same value with `text` in every string that comes from outside, so that nothing of it is trusted. */
function poison<T>(value: T, text: string): T {
  if (typeof value === 'string') return text as T;
  if (Array.isArray(value)) return value.map((each) => poison(each, text)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, steering.has(key) ? each : poison(each, text)]),
  ) as T;
}

const review = { verdict: 'approved' as const, by: 'r0', said: 'good', failed: [{ by: 'r1', why: 'slow' }], silent: 0 };

function poisoned(text: string): State {
  const state = busyState();
  return {
    ...state,
    swarm: poison(state.swarm, text),
    workers: poison(state.workers, text),
    tasks: poison(state.tasks, text),
    changes: poison(
      Object.fromEntries(Object.entries(state.changes).map(([id, change]) => [id, { ...change, review }])),
      text,
    ),
    notices: poison(state.notices, text),
    unreadable: { [text]: text },
  };
}

const question = { text: 'Which?', options: ['a', 'b'], default: 'a', deadline: ago(-60) };

/** Mail of which nothing is trusted; `read` tells that its text was asked for. */
const mailOf = (text: string, read: () => void) => ({
  ...makeMailbox([
    { ...poison(makeMail(1, { question: { ...question, deadline: null } }), text), at: ago(9) },
    {
      ...poison(makeMail(2, { question }), text),
      type: 'QUESTION',
      question: { ...poison(question, text), deadline: ago(-60) },
    },
    { ...poison(makeMail(3), text), at: text },
  ]),
  text: async () => {
    read();
    return text;
  },
  decide: async () => {
    throw new Error(text);
  },
});

const live = {
  pid: 1,
  activity: 'working',
  turn: null,
  attempt: 1,
  since: '',
  lastOutputAt: null,
  source: 'runner',
} as const;

describe.each(hostileTexts.map((text, at) => ({ at, text, name: JSON.stringify(text.slice(0, 24)) })))(
  'hostile text $at $name',
  ({ text }) => {
    it('leaves nothing but what Ink writes, in whole frames', async () => {
      const ports = makePorts({
        live: async (workers) =>
          Object.fromEntries(workers.map((worker) => [worker, { ...live, worker, lastLine: text }])),
        screen: async () => [text, `  ${text}`, '\x1b[32mgood\x1b[0m'],
        diff: async () => {
          ports.calls.push('diff read');
          return {
            files: [{ path: text, added: 1, removed: 1 }],
            text: `diff --git a/${text} b/${text}\n--- a/${text}\n@@ ${text}\n+${text}\n-${text}\n ${text}\n`,
            omitted: [text],
          };
        },
        taskText: async () => text,
        send: async () => {
          throw new Error(text);
        },
        mail: mailOf(text, () => ports.calls.push('mail read')),
        attach: async () => ({ kind: 'inside', write: () => {}, resize: () => {} }),
      });
      const size = { cols: 110, rows: 34 };
      stage = await openStage({ state: poisoned(text), ports, size });
      await stage.until(() => ports.calls.length > 0, 'the first looks');
      for (const [keys, mark] of [
        ['2', 'Task '],
        ['3', '3 Review'],
        ['5', '5 Diff'],
        ['G', '5 Diff'],
        ['z', '5 Diff'],
        ['z', '3 Review'],
        ['1p', 'not delivered'],
        ['\r', 'in the pane of'],
        ['\x11', '1 Workers'],
        ['3r', 'reject'],
        [`\x1b[200~${text.replaceAll('\x1b', '')}\x1b[201~x`, 'reject'],
        ['\r', 'not delivered'],
        ['m', 'm Mail 3'],
        ['j', 'Message from'],
        ['\t', '1-'],
        ['\x1b', 'close mail'],
        ['\r', 'reply to'],
        ['\x1b', 'close mail'],
        ['d', 'm Mail 3'],
        ['n', 'close mail'],
        ['?', 'Help'],
      ] as const) {
        stage.press(keys);
        await stage.sees(mark);
        if (keys === '3') await stage.until(() => ports.calls.includes('diff read'), 'the diff');
        if (keys === 'm') await stage.until(() => ports.calls.includes('mail read'), 'the mail');
        expect(stage.rows().at(-1)).toBe('');
        for (const row of stage.rows()) expect(stringWidth(row)).toBeLessThanOrEqual(size.cols);
      }
      expect(foreignSequences(stage.bytes())).toEqual([]);
    });

    it('is harmless in the skeleton', () => {
      for (const env of [{ LANG: 'C.UTF-8' }, { LANG: 'C', NO_COLOR: '1' }]) {
        const bytes = skeleton(80, 24, { repository: text, branch: text, sha: text }, env).replaceAll('\r\n', '\n');
        expect(foreignSequences(bytes)).toEqual([]);
        const rows = bytes.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '').split('\n');
        expect(rows.length).toBeLessThan(24);
        for (const row of rows) expect(stringWidth(row)).toBeLessThanOrEqual(80);
      }
    });
  },
);

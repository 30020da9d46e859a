// `oompa log` draws a transcript as the pane does: Markdown where the agent speaks it, a command's output as it was printed.
import { expect, test } from 'vitest';
import { oompa } from './program.ts';
import { makeRepository } from './repository.ts';

const at = '2026-01-02T03:04:05.000Z';
const usage = { inputTokens: 3_400, outputTokens: 90, costUsd: 0.5 };
const entries = [
  { type: 'turn-started', turn: 'w0-t1', attempt: 1, kind: 'work', model: 'claude:opus' },
  { type: 'raw', line: '{}' },
  { type: 'text', text: '## Plan\n\nI *read* it.\n\n| a | bb |\n|---|---|\n| 1 | 2 |', markdown: true },
  { type: 'tool', id: '1', phase: 'started', summary: 'Edit a.ts +1 -1', ok: null, diff: '-old\n+new' },
  { type: 'tool', id: '1', phase: 'ended', summary: 'Edit a.ts +1 -1', ok: true },
  { type: 'text', text: '## as *printed* \u001b[31mred\u001b[0m\u001b[2J' },
  { type: 'note', text: 'hurry' },
  {
    type: 'turn-ended',
    turn: 'w0-t1',
    attempt: 1,
    outcome: 'done',
    exitCode: 0,
    signal: null,
    error: null,
    usage,
    durationMs: 8_100,
  },
  { type: 'text', text: 'not *whole', markdown: true, more: true },
];

test('without colour, to its end', async () => {
  const { root, write } = makeRepository();
  const lines = entries.map((entry) => JSON.stringify({ at, ...entry }));
  write('.oompa/workers/w0/transcript.jsonl', `${lines.join('\n')}\n{"torn`);
  const { code, out } = await oompa(['log', 'w0'], { cwd: root });
  expect(code).toBe(0);
  const [start, ...rest] = out.trim().split('\n');
  expect(start).toMatch(/^--- w0-t1 \(work\) claude:opus 2026-01-0\d \d\d:04:05 ---$/);
  expect(rest.join('\n')).toBe(`## Plan

I read it.

a  bb
-  --
1  2
> Edit a.ts +1 -1
  -old
  +new
## as *printed* red
operator: hurry
--- w0-t1 done, exit 0, 8.1 s, 3400 tokens in, 90 out, $0.50 ---
not *whole`);
  const raw = await oompa(['log', 'w0', '--json'], { cwd: root });
  expect(raw.out.split('\n')).toEqual(lines);
});

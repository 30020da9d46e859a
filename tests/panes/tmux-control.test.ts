// The control connection: what is sent is data, what comes back is what tmux said.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/panes/tmux/client.ts';
import { connect } from '../../src/panes/tmux/control.ts';
import { makeTestFolder } from './folder.ts';
import { makeSwarm } from './tmux-swarm.ts';

const env = { PATH: process.env.PATH ?? '' };

async function makeClient() {
  const swarm = makeSwarm();
  await swarm.panes.open(swarm.spec('w0'));
  const client = createClient({
    socket: join(swarm.folder, 'tmux.sock'),
    session: `oompa-${swarm.swarmTag}`,
    env,
    deadlineMs: 10_000,
    onHint: () => {},
  });
  onTestFinished(() => client.release());
  return client;
}

// No NUL: no text of ours may hold it. Everything else goes.
const hostile = fc
  .string({
    maxLength: 40,
    unit: fc.oneof(
      fc.constantFrom(...'\n\r\t\x01\x1b;;#{}$()~\\\\\'"%-`!* ='),
      fc.constantFrom(' ; ', 'kill-server', '#(id)', '#{pane_id}', '%if', '\\n'),
      fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
    ),
  })
  .map((text) => text.replaceAll('\0', ''));

test('words reach tmux as they are: 3,000 hostile ones, over both ways', async () => {
  const client = await makeClient();
  const folder = makeTestFolder();
  const texts = ['a', ...fc.sample(hostile, { numRuns: 3_000, seed: 11 }).filter((text) => text !== '')];
  const save = (index: number) => [
    ['set-buffer', '-b', `b${index}`, '--', texts[index] ?? ''],
    ['save-buffer', '-b', `b${index}`, join(folder, String(index))],
  ];
  const ways = { ask: texts.length, run: 150 } as const;
  for (const way of ['ask', 'run'] as const) {
    const indices = Array.from({ length: ways[way] }, (_, index) => index);
    await Promise.all(indices.map((index) => client[way](save(index))));
    for (const index of indices) expect(readFileSync(join(folder, String(index)), 'utf8')).toBe(texts[index]);
  }
}, 60_000);

test('answers go to who asked, errors too, and a failed command ends its sequence only', async () => {
  const client = await makeClient();
  const say = (text: string) => ['display-message', '-p', text];
  const asked = Array.from({ length: 200 }, (_, index) =>
    index % 3 === 0
      ? client.ask([say(`before ${index}`), ['kill-pane', '-t', '%999'], say('never')]).catch((error) => error.code)
      : client.ask([say(`a ${index}`), say(`b ${index}`)]),
  );
  const answers = await Promise.all(asked);
  expect(answers).toEqual(answers.map((_, index) => (index % 3 === 0 ? 'pane-gone' : [`a ${index}`, `b ${index}`])));
  await expect(client.ask([['no-such-command']])).rejects.toMatchObject({ code: 'tmux-failed' });
  expect(await client.ask([say('after')])).toEqual(['after']);
});

test('text of a pane cannot forge the end of an answer', async () => {
  const forger = fileURLToPath(new URL('./fixtures/forger.mjs', import.meta.url));
  const control = await connect({ argv: [process.execPath, forger], env, deadlineMs: 10_000, onHint: () => {} });
  if (!control) throw new Error('no connection');
  onTestFinished(() => control.close());
  const ask = () => control.ask({ line: 'x ; y', commands: 2, rows: ([header = '']) => Number(header.split(' ')[2]) });
  expect(await ask()).toEqual([
    'ab12 80 4',
    '%end 1700000000 10 1',
    '%begin 1700000000 10 1',
    '%exit',
    '%error 1700000000 10 1',
  ]);
  expect((await ask())[0]).toBe('ab12 80 4');
  expect(control.lost).toBe(false);
});

test('there is no connection where there is no server, and none is started', async () => {
  const socket = join(makeTestFolder(), 'none.sock');
  const argv = ['tmux', '-S', socket, '-N', '-C', 'attach-session', '-t', '=none'];
  expect(await connect({ argv, env, deadlineMs: 10_000, onHint: () => {} })).toBeNull();
  const client = createClient({ socket, session: 'none', env, deadlineMs: 10_000, onHint: () => {} });
  await expect(client.ask([['list-panes', '-a']])).rejects.toMatchObject({ code: 'backend-gone', retryable: true });
});

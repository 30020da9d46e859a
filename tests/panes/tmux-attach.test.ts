// A person's terminal in a pane: a real one, also inside another tmux.
import { expect, onTestFinished, test } from 'vitest';
import type { Attachment, PaneBackend } from '../../src/panes/contract.ts';
import { createPtyPanes } from '../../src/panes/pty.ts';
import { argv } from './programs.ts';
import { makeSwarm, shows } from './tmux-swarm.ts';
import { until } from './until.ts';

/** The attachment as a program for a pane of another backend, which is the person's terminal. */
function asSpec(key: string, attachment: Attachment) {
  if (attachment.kind !== 'exec') throw new Error('not an exec attachment');
  const unset = Object.keys(attachment.env).flatMap((name) => ['-u', name]);
  return { key, argv: ['env', ...unset, ...attachment.argv], cwd: '/', env: {}, title: '' };
}

const gone = (terminal: PaneBackend, key: string) =>
  until(async () => (await terminal.list()).find((pane) => pane.key === key)?.exit);

async function makeTwo() {
  const swarm = makeSwarm();
  await swarm.panes.open(swarm.spec('w0', argv.prints('I am w0!')));
  await swarm.panes.open(swarm.spec('w1', argv.prints('I am w1!')));
  const terminal = createPtyPanes({ swarmTag: crypto.randomUUID() });
  onTestFinished(() => terminal.destroy());
  return { ...swarm, terminal };
}

test('each terminal sees its own pane, in its own size, and leaves by C-q or the prefix and d', async () => {
  const { panes, terminal, tmux, swarmTag } = await makeTwo();
  await panes.resize('w0', 60, 10);
  await terminal.open(asSpec('left', await panes.attach('w0')));
  await shows(terminal, 'left', 'I am w0!');
  await terminal.open(asSpec('right', await panes.attach('w1')));
  await shows(terminal, 'right', 'I am w1!');
  await shows(terminal, 'left', 'I am w0!');
  await terminal.resize('left', 101, 30);
  await until(
    async () => (await panes.capture('w0'))?.cols === 101,
    25_000,
    () => tmux('list-windows', '-a'),
  );
  // A preview does not shrink what a person looks at.
  await panes.resize('w0', 60, 10);
  expect((await panes.capture('w0'))?.cols).toBe(101);
  expect(await panes.list()).toHaveLength(2);

  await terminal.press('left', 'C-q');
  expect(await gone(terminal, 'left')).toEqual({ code: 0, signal: null });
  await terminal.press('right', 'C-b');
  await terminal.press('right', 'd');
  expect(await gone(terminal, 'right')).toEqual({ code: 0, signal: null });
  expect(await panes.list()).toMatchObject([{ alive: true }, { alive: true }]);
  await until(() => tmux('list-sessions', '-F', '#{session_name}') === `oompa-${swarmTag}`);
  await panes.resize('w0', 60, 10);
  expect((await panes.capture('w0'))?.cols).toBe(60);
});

test('a terminal that is cut off leaves no session behind', async () => {
  const { panes, terminal, tmux } = await makeTwo();
  await terminal.open(asSpec('left', await panes.attach('w0')));
  await shows(terminal, 'left', 'I am w0!');
  expect(tmux('list-sessions').split('\n')).toHaveLength(2);
  await terminal.close('left', { graceMs: 0 });
  await until(() => tmux('list-sessions').split('\n').length === 1);
  expect(await panes.list()).toHaveLength(2);
});

test('works inside another tmux', async () => {
  const { panes } = await makeTwo();
  const outer = makeSwarm();
  await outer.panes.open(asSpec('shell', await panes.attach('w1')));
  await shows(outer.panes, 'shell', 'I am w1!');
  await outer.panes.press('shell', 'C-q');
  expect(await gone(outer.panes, 'shell')).toEqual({ code: 0, signal: null });
  expect(await panes.list()).toMatchObject([{ alive: true }, { alive: true }]);
});

test('what a person types reaches the program', async () => {
  const { panes, terminal, spec } = await makeTwo();
  await panes.open(spec('w2', ['sh', '-c', 'read line; echo "got <$line>"; exec sleep 1000']));
  await terminal.open(asSpec('left', await panes.attach('w2')));
  await shows(terminal, 'left', 'w2');
  await terminal.type('left', 'hello there');
  await terminal.press('left', 'Enter');
  await shows(panes, 'w2', 'got <hello there>');
});

// The server of the panes: killed, stopped, shared, configured by its user.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identityOf, isAlive } from '../../src/disk/process.ts';
import { makeTestFolder } from './folder.ts';
import { argv } from './programs.ts';
import { isRunning, makeSwarm, shows } from './tmux-swarm.ts';
import { until } from './until.ts';

test('a killed server has no panes, is told by a hint, and is started again', async () => {
  const { panes, serverPid, spec } = makeSwarm();
  const stubborn = ['sh', '-c', 'trap "" HUP TERM; printf stubborn; while :; do sleep 1; done'];
  const first = await panes.open(spec('w0', stubborn));
  await panes.open(spec('w1'));
  await shows(panes, 'w0', 'stubborn');
  let hints = 0;
  panes.onHint(() => {
    hints += 1;
  });
  process.kill(serverPid(), 'SIGKILL');
  await until(() => hints > 0);
  expect(await panes.list()).toEqual([]);
  expect(await panes.capture('w0')).toBeNull();
  await expect(panes.type('w0', 'x')).rejects.toMatchObject({ code: 'pane-gone' });
  await panes.close('w1');

  const again = await panes.open(spec('w0', argv.prints('again')));
  expect(again.id).not.toBe(first.id);
  await shows(panes, 'w0', 'again');
  // There is never a second program for one key: the one that outlived its server had to go.
  expect(isRunning(first.pid ?? 0)).toBe(false);
  expect(await panes.list()).toEqual([again]);
});

test('a server that does not answer has not lost its panes', async () => {
  const { panes, serverPid, spec } = makeSwarm({ deadlineMs: 400 });
  const opened = await panes.open(spec('w0'));
  const server = serverPid();
  process.kill(server, 'SIGSTOP');
  try {
    await expect(panes.list()).rejects.toMatchObject({ code: 'no-answer', retryable: true });
  } finally {
    process.kill(server, 'SIGCONT');
  }
  expect(await until(() => panes.list().catch(() => null))).toEqual([opened]);
});

test('a lost connection is made again', async () => {
  const { panes, tmux, spec } = makeSwarm();
  await panes.open(spec('w0', argv.prints('here')));
  await shows(panes, 'w0', 'here');
  for (let round = 0; round < 3; round += 1) {
    const client = Number(tmux('list-clients', '-F', '#{client_pid}'));
    process.kill(client, 'SIGKILL');
    await until(() => !isRunning(client));
    expect(await panes.list()).toHaveLength(1);
    expect((await panes.capture('w0'))?.rows[0]).toBe('here');
    await until(async () => (await panes.list()) && tmux('list-clients', '-F', '#{client_pid}') !== '');
  }
});

test('a beat starts no process', async () => {
  const folder = makeTestFolder();
  const real = execFileSync('which', ['tmux'], { encoding: 'utf8' }).trim();
  writeFileSync(join(folder, 'calls'), '');
  writeFileSync(join(folder, 'tmux'), `#!/bin/sh\necho call >> '${folder}/calls'\nexec '${real}' "$@"\n`);
  chmodSync(join(folder, 'tmux'), 0o755);
  const { panes, spec } = makeSwarm({ env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } });
  for (const key of ['w0', 'w1', 'w2']) await panes.open(spec(key));
  await panes.list();
  const calls = readFileSync(join(folder, 'calls'), 'utf8');
  expect(calls).not.toBe('');
  for (let beat = 0; beat < 20; beat += 1) {
    expect(await panes.list()).toHaveLength(3);
    await Promise.all(['w0', 'w1', 'w2'].map((key) => panes.capture(key)));
  }
  await panes.type('w0', 'x');
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe(calls);
});

test('works under a configuration that wants everything else, and leaves it as it is', async () => {
  const home = makeTestFolder();
  const file = join(home, '.tmux.conf');
  writeFileSync(file, oddConfiguration);
  const before = statSync(file);
  process.env.OOMPA_TEST_SECRET = 'hidden';
  const { panes, tmux, spec } = makeSwarm({
    env: { PATH: process.env.PATH ?? '', HOME: home, OOMPA_TEST_SECRET: 'hidden' },
  });
  const all = [];
  for (const key of ['w0', 'w1', 'w2']) all.push(await panes.open(spec(key, argv.prints(`I am ${key}!`))));
  for (const key of ['w0', 'w1', 'w2']) await shows(panes, key, `I am ${key}!`);
  expect(await panes.list()).toEqual(all);
  await panes.open(spec('w3', argv.exits(3)));
  expect(await until(async () => (await panes.list()).find((pane) => pane.exit))).toMatchObject({
    key: 'w3',
    exit: { code: 3 },
  });
  // Loaded anew by its user while panes are there.
  try {
    tmux('source-file', file);
  } catch {
    // It has an option that tmux does not know.
  }
  await panes.open(spec('w4', argv.exits('SIGTERM')));
  const dead = await until(async () => (await panes.list()).find((pane) => pane.key === 'w4' && pane.exit));
  expect(dead.exit).toEqual({ code: null, signal: 'SIGTERM' });
  const typed = join(home, 'typed');
  await panes.open(spec('w5', argv.records(typed)));
  await shows(panes, 'w5', 'ready');
  await panes.type('w5', 'to you');
  await panes.press('w5', 'Enter');
  await until(() => existsSync(typed) && readFileSync(typed, 'utf8') === 'to you\r');
  expect(tmux('show-options', '-gv', 'prefix')).toBe('C-a');
  await panes.close('w0');
  expect((await panes.list()).map((pane) => pane.key)).toEqual(['w1', 'w2', 'w3', 'w4', 'w5']);
  expect(readFileSync(file, 'utf8')).toBe(oddConfiguration);
  expect(statSync(file)).toMatchObject({ mtimeMs: before.mtimeMs, ino: before.ino });
});

test('a pane whose wrapper was killed is dead, and nobody knows how it ended', async () => {
  const { panes, tmux, spec } = makeSwarm();
  const opened = await panes.open(spec('w0'));
  process.kill(Number(tmux('display-message', '-p', '-t', 'w0', '#{pane_pid}')), 'SIGKILL');
  const dead = await until(async () => (await panes.list()).find((pane) => !pane.alive));
  expect(dead).toEqual({ ...opened, pid: null, alive: false, exit: null });
  const again = await panes.open(spec('w0'));
  expect(again.id).not.toBe(opened.id);
  expect(isRunning(opened.pid ?? 0)).toBe(false);
});

test('leaves copy mode before it types', async () => {
  const folder = makeTestFolder();
  const { panes, tmux, spec } = makeSwarm();
  await panes.open(spec('w0', argv.records(join(folder, 'typed'))));
  await shows(panes, 'w0', 'ready');
  tmux('copy-mode', '-t', 'w0');
  expect(tmux('display-message', '-p', '-t', 'w0', '#{pane_in_mode}')).toBe('1');
  await panes.type('w0', 'text');
  tmux('copy-mode', '-t', 'w0');
  await panes.press('w0', 'q');
  await until(() => existsSync(join(folder, 'typed')) && readFileSync(join(folder, 'typed'), 'utf8') === 'textq');
});

test('touches nothing that it did not make', async () => {
  const one = makeSwarm();
  const other = makeSwarm({ folder: one.folder });
  await one.panes.open(one.spec('w0'));
  const kept = await other.panes.open(other.spec('w0', argv.prints('other')));
  one.tmux('new-session', '-d', '-s', 'mine', '-n', 'w0', 'sleep 1000');
  one.tmux('split-window', '-d', '-t', `=oompa-${one.swarmTag}:w0`, 'sleep 1000');
  const server = one.serverPid();
  expect(await one.panes.list()).toHaveLength(1);
  await one.panes.close('w0');
  expect(await one.panes.list()).toEqual([]);
  // The pane that a person opened beside ours is still there.
  expect(one.tmux('list-panes', '-s', '-t', `=oompa-${one.swarmTag}`).split('\n')).toHaveLength(1);
  await one.panes.destroy();
  expect(await other.panes.list()).toEqual([kept]);
  expect(other.tmux('list-sessions', '-F', '#{session_name}').split('\n').sort()).toEqual(
    ['mine', `oompa-${one.swarmTag}`, `oompa-${other.swarmTag}`].sort(),
  );
  await other.panes.destroy();
  expect(isRunning(server)).toBe(true);
  other.tmux('kill-server');
  await until(() => !isRunning(server));
});

test('leaves no server when nothing else is on it', async () => {
  const { panes, serverPid, spec, folder, swarmTag } = makeSwarm();
  await panes.open(spec('w0', argv.exits(1)));
  await panes.open(spec('w1'));
  const server = serverPid();
  await panes.destroy();
  await until(() => !isRunning(server));
  expect(existsSync(join(folder, swarmTag))).toBe(false);
  await panes.destroy();
});

test('a control client that nobody reads any more does not keep the server alive', async () => {
  const { panes, spec, folder, swarmTag, serverPid } = makeSwarm();
  await panes.open(spec('w0'));
  const server = identityOf(serverPid());
  const words = ['-S', join(folder, 'tmux.sock'), '-C', 'attach-session', '-t', `=oompa-${swarmTag}`];
  const orphan = spawn('tmux', words, { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(orphan.stdout, 'data');
  // As it is when the process that held it was killed: it never answers, and never goes.
  orphan.kill('SIGSTOP');
  await panes.destroy();
  expect(isAlive(server)).toBe(false);
  orphan.kill('SIGKILL');
});

test('a folder too deep for a socket: every process finds the same short one', async () => {
  const home = makeTestFolder();
  const folder = join(home, 'deep-'.repeat(10), 'deeper-'.repeat(10), 'panes');
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const first = makeSwarm({ folder, env: { ...process.env, XDG_RUNTIME_DIR: runtime } });
  const opened = await first.panes.open(first.spec('w0'));
  const second = makeSwarm({ folder, swarmTag: first.swarmTag, env: { ...process.env, XDG_RUNTIME_DIR: undefined } });
  expect(await second.panes.list()).toEqual([opened]);
  const place = readFileSync(join(folder, 'tmux.sock.path'), 'utf8').trim();
  expect(place.startsWith(runtime)).toBe(true);
  expect(statSync(join(place, '..')).mode & 0o777).toBe(0o700);
  chmodSync(join(place, '..'), 0o755);
  const third = makeSwarm({ folder, swarmTag: first.swarmTag });
  await expect(third.panes.list()).rejects.toMatchObject({ code: 'bad-socket' });
  chmodSync(join(place, '..'), 0o700);
});

test('a pane outlives the process that opened it, killed in the middle', async () => {
  const swarm = makeSwarm();
  const opener = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { createTmuxPanes } from ${JSON.stringify(new URL('../../src/panes/tmux.ts', import.meta.url).href)};
     const panes = createTmuxPanes(${JSON.stringify({ folder: swarm.folder, swarmTag: swarm.swarmTag })});
     await panes.open(${JSON.stringify(swarm.spec('w0', argv.prints('alive')))});
     await panes.list();
     console.log('opened');
     setInterval(() => panes.list(), 5);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void opener.kill('SIGKILL'));
  await new Promise((resolve) => opener.stdout.once('data', resolve));
  opener.kill('SIGKILL');
  await until(() => swarm.tmux('list-clients', '-F', '#{client_pid}') === '');
  expect(await swarm.panes.list()).toMatchObject([{ key: 'w0', alive: true }]);
  expect((await swarm.panes.capture('w0'))?.rows[0]).toBe('alive');
});

const oddConfiguration = `
set -g prefix C-a
set -g base-index 1
setw -g pane-base-index 1
set -g renumber-windows on
setw -g remain-on-exit off
set -g default-command "echo from the user; exit 9"
set -g mouse on
setw -g allow-rename on
setw -g automatic-rename on
set -g destroy-unattached on
set -s exit-unattached on
set -s exit-empty on
set -g update-environment "OOMPA_TEST_SECRET"
set -g default-terminal screen
set -g default-size 20x5
set-hook -g pane-died kill-pane
set-hook -g after-new-window "rename-window hooked ; select-window -t :1"
set-hook -g after-new-session "rename-window hooked"
set -g no-such-option 1
`;

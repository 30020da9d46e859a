// The runner in a real terminal: what is typed, Ctrl-C, signals, and a terminal that goes away.
import { readFileSync } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn as spawnPty } from 'node-pty';
import { expect, onTestFinished, test } from 'vitest';
import { processStart } from '../../src/disk/process.ts';
import { createWorkplace, sh, until, type Workplace } from './workplace.ts';

test('a typed line becomes a note from the operator, pasted lines become one', async () => {
  const place = await createWorkplace();
  const pane = startInPty(place);
  await pane.shows('waits for its turns');
  pane.write('use tabs, not spaces\r');
  await pane.shows('noted for the next turn');
  const [note] = await place.post.peek('w0', { type: 'note' });
  expect(note?.message).toMatchObject({
    from: 'operator',
    to: ['w0'],
    subject: 'use tabs, not spaces',
    body: 'use tabs, not spaces',
  });
  pane.write('\rfirst\rsecond \u00e9\rthird\r');
  const pasted = await until(async () => (await place.post.peek('w0', { type: 'note' }))[1]);
  expect(pasted.message.body).toBe('first\nsecond é\nthird');
  const log = await until(() => readFile(place.paths.transcript('w0'), 'utf8').catch(() => ''));
  expect(JSON.parse(log.split('\n')[0] ?? '')).toMatchObject({ type: 'note', text: 'use tabs, not spaces' });
});

test('Ctrl-C ends the running turn, not the runner; Ctrl-S, Ctrl-D, Ctrl-Z and Ctrl-\\ do no harm', async () => {
  const place = await createWorkplace();
  const pane = startInPty(place);
  await pane.shows('waits for its turns');
  pane.write('\x03');
  await pane.shows('no turn is running');
  const turn = await place.send({ model: sh('echo here; sleep 1000 & sleep 1000') });
  await pane.shows('here\r\n');
  pane.write('\x13\x04\x1a\x1c');
  pane.write('\x03');
  expect(await place.answer(turn)).toMatchObject({ outcome: 'stopped', error: null, said: 'here' });
  await pane.shows('the runner stays');
  expect(place.left(turn)).toEqual([]);
  pane.write('still with me?\r');
  await pane.shows('noted for the next turn');
  expect((await place.answer(await place.send({ turn: 'w0-t2' }))).outcome).toBe('done');
});

test('Ctrl-C again kills at once', async () => {
  const place = await createWorkplace();
  const pane = startInPty(place, { graceMs: 600_000 });
  const turn = await place.send({ model: sh('trap "echo no" TERM; echo here; while :; do sleep 0.1; done') });
  await pane.shows('here\r\n');
  pane.write('\x03');
  await pane.shows('no\r\n');
  pane.write('\x03');
  expect(await place.answer(turn)).toMatchObject({ outcome: 'stopped', signal: 'SIGKILL' });
});

test('a terminal that goes away: the harness is ended, the turn is left for the next runner', async () => {
  const place = await createWorkplace();
  const pane = startInPty(place);
  const turn = await place.send({ model: sh('test -e again && exec echo again; touch again; echo here; sleep 1000') });
  await pane.shows('here\r\n');
  pane.close();
  await until(() => processStart(pane.pid) === null);
  expect(place.left(turn)).toEqual([]);
  expect(await place.answers()).toEqual([]);
  place.start();
  expect(await place.answer(turn)).toMatchObject({ attempt: 2, outcome: 'done', said: 'again' });
});

test('output that nobody reads any more ends the runner like a hang-up; a closed input does not', async () => {
  const place = await createWorkplace();
  const runner = place.start();
  await runner.shows('waits for its turns');
  runner.child.stdin.end();
  expect(await place.answer(await place.send())).toMatchObject({ outcome: 'done' });
  runner.child.stdout.destroy();
  const turn = await place.send({ turn: 'w0-t2', model: sh('echo here; sleep 1000') });
  expect(await runner.exited).toEqual({ code: 129, signal: null });
  expect(place.left(turn)).toEqual([]);
  expect(await place.answers()).toHaveLength(1);
});

test('SIGTERM ends the turn with all its processes, answers `stopped` and exits 0', async () => {
  const place = await createWorkplace();
  const runner = place.start();
  const turn = await place.send({ model: sh('setsid sleep 1000 & echo here; sleep 1000') });
  await runner.shows('here\n');
  await until(async () => (await place.live()).activity === 'working');
  runner.child.kill('SIGTERM');
  expect(await runner.exited).toEqual({ code: 0, signal: null });
  expect(await place.answers()).toMatchObject([{ turn: 'w0-t1', outcome: 'stopped', signal: 'SIGTERM', said: 'here' }]);
  expect(place.left(turn)).toEqual([]);
  await place.flagged(turn);
});

test('SIGTERM while idle exits at once; a second SIGTERM kills a turn that does not end', async () => {
  const place = await createWorkplace();
  const idle = place.start();
  await idle.shows('waits for its turns');
  idle.child.kill('SIGTERM');
  expect(await idle.exited).toEqual({ code: 0, signal: null });
  const busy = place.start({ graceMs: 600_000 });
  const turn = await place.send({ model: sh('trap "echo no" TERM; echo here; while :; do sleep 0.1; done') });
  await busy.shows('here\n');
  busy.child.kill('SIGTERM');
  await busy.shows('no\n');
  busy.child.kill('SIGTERM');
  expect(await busy.exited).toEqual({ code: 0, signal: null });
  expect(await place.answers()).toMatchObject([{ outcome: 'stopped', signal: 'SIGKILL' }]);
  expect(place.left(turn)).toEqual([]);
});

test('an answer that cannot be delivered is tried again until it can', async () => {
  const place = await createWorkplace();
  const runner = place.start();
  await runner.shows('waits for its turns');
  const box = join(place.paths.mail, 'lead');
  const turn = await place.send({ model: sh(`mv "${box}" "${box}.away"; touch "${box}"; echo said`) });
  await runner.shows('cannot answer');
  await rm(box);
  await rename(`${box}.away`, box);
  expect(await place.answer(turn)).toMatchObject({ attempt: 1, said: 'said' });
  expect(await place.answers()).toHaveLength(1);
});

test('an idle runner prints nothing, writes nothing and hardly ever wakes', async () => {
  const place = await createWorkplace();
  const runner = place.start();
  await runner.shows('waits for its turns');
  await until(async () => (await place.live().catch(() => null))?.activity === 'idle');
  const shown = runner.shown();
  const status = await stat(place.paths.status('w0'));
  const before = sleeps(runner.child.pid);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  // Each wake-up of the main thread ends in one voluntary switch: a look a second and some start-up is what there may be.
  expect(sleeps(runner.child.pid) - before).toBeLessThan(60);
  expect(runner.shown()).toBe(shown);
  expect((await stat(place.paths.status('w0'))).mtimeMs).toBe(status.mtimeMs);
});

/** How often the process went to sleep by itself. */
function sleeps(pid: number | undefined): number {
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function startInPty(place: Workplace, options: object = {}) {
  const pty = spawnPty(process.execPath, place.runnerArguments(options), { cols: 120, rows: 30, env: process.env });
  let shown = '';
  pty.onData((text) => {
    shown += text;
  });
  onTestFinished(() => {
    if (processStart(pty.pid) !== null) pty.kill('SIGKILL');
  });
  return {
    pid: pty.pid,
    write: (keys: string) => pty.write(keys),
    shows: (text: string) => until(() => shown.includes(text)),
    /** Closes the terminal's other side, as a tmux server does that dies. */
    close: () => (pty as unknown as { destroy(): void }).destroy(),
  };
}

import { execFileSync, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorkplace, sh, until } from './workplace.ts';

const once = 'test -e started && exec echo second; touch started; (setsid sleep 1000 &) ; echo first; sleep 1000';

test('kill -9 of the runner mid-turn: the next one takes the turn again, and ends what was left of the first attempt', async () => {
  const place = await createWorkplace();
  const first = place.start();
  const turn = await place.send({ model: sh(once) });
  await first.shows('first\n');
  const strays = await until(() => place.left(turn).length > 2 && place.left(turn));
  first.child.kill('SIGKILL');
  await first.exited;
  expect(place.left(turn)).toEqual(strays);

  const second = place.start();
  expect(await place.answer(turn)).toMatchObject({ attempt: 2, outcome: 'done', said: 'second' });
  await place.flagged(turn);
  expect(await place.answers()).toHaveLength(1);
  expect(place.left(turn)).toEqual([]);
  expect(second.shown()).toContain('attempt 2');
  expect(second.shown()).toContain(`ended ${strays.length} processes of the attempt before`);
});

test.each(['take', 'deliver', 'flag'])(
  'kill -9 before and after `%s`: one answer, in one attempt only',
  async (call) => {
    for (const when of ['before', 'after']) {
      const place = await createWorkplace();
      const turn = await place.send({ model: sh('echo x >>runs; echo said') });
      const first = place.start({ die: `${when} ${call}` });
      expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
      place.start();
      const result = await place.answer(turn);
      await place.flagged(turn);
      expect(result).toMatchObject({ outcome: 'done', said: 'said', attempt: 1 });
      expect(await place.answers()).toEqual([result]);
      // The answer was on record before its delivery: nothing ran twice.
      expect(await readFile(join(turn.cwd, 'runs'), 'utf8')).toBe('x\n');
    }
  },
);

const noTrace = whyNoTrace();
// strace counts the calls of each thread by itself: each kind of call gets its own rounds, so that no thread hides another's.
const calls = ['rename,renameat,renameat2', 'link,linkat', 'fsync,fdatasync'];
test.skipIf(noTrace).each(calls)(
  `kill -9 at every %s of a turn${noTrace ?? ''}`,
  { timeout: 240_000 },
  async (calls) => {
    let killed = true;
    for (let point = 1; killed; point += 1) {
      const place = await createWorkplace();
      const turn = await place.send({ model: 'command:echo said' });
      const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:signal=KILL:when=${point}`];
      const argv = ['-f', '-qq', '-o', '/dev/null', ...inject, process.execPath, ...place.runnerArguments()];
      const traced = spawn('strace', argv, { stdio: 'ignore', env: { ...process.env, UV_THREADPOOL_SIZE: '1' } });
      const ended = new Promise<void>((resolve) => traced.once('exit', () => resolve()));
      const through = place.flagged(turn).then(() => 'through' as const);
      killed = (await Promise.race([ended.then(() => 'killed' as const), through])) === 'killed';
      // strace would let its runner go on: it is the runner that has to end.
      if (!killed) process.kill((await place.live()).pid, 'SIGKILL');
      await ended;
      if (killed) place.start();
      const result = await place.answer(turn);
      await place.flagged(turn);
      expect({ point, all: await place.answers() }).toEqual({ point, all: [result] });
      expect(result).toMatchObject({ outcome: 'done', said: 'said' });
      if (!killed) expect(point).toBeGreaterThan(1);
    }
  },
);

test('a second runner of the worker is refused while the first lives', { timeout: 60_000 }, async () => {
  const place = await createWorkplace();
  const first = place.start();
  await first.shows('waits for its turns');
  const second = place.start();
  await second.shows('waiting for its end');
  // The first ends: the second takes over within its patience.
  first.child.kill('SIGTERM');
  await second.shows('waits for its turns');
});

test('the answer of a former swarm is not sent: its turn has the name of one of ours', async () => {
  const place = await createWorkplace();
  const turn = await place.send({ swarm: '00000000', model: 'command:echo former' });
  const former = place.start({ swarm: '00000000', die: 'before deliver' });
  await former.exited;
  const runner = place.start();
  await runner.shows('w0-t1 of another swarm, 00000000');
  await place.flagged(turn);
  expect((await place.answer(await place.send({ turn: 'w0-t2' }))).outcome).toBe('done');
  expect(await place.answers()).toHaveLength(1);
});

test('a turn record that cannot be read counts as none', async () => {
  const place = await createWorkplace();
  const runner = place.start();
  await runner.shows('waits for its turns');
  await writeFile(join(place.paths.worker('w0'), 'turn.json'), '{"message":');
  expect(await place.answer(await place.send())).toMatchObject({ attempt: 1, outcome: 'done' });
});

/** Why strace cannot be used here, or null. */
function whyNoTrace(): string | null {
  try {
    execFileSync('strace', ['-qq', '-o', '/dev/null', '-e', 'trace=rename', 'true'], { stdio: 'ignore' });
    return null;
  } catch {
    return ' (skipped: strace is not installed, or may not trace here)';
  }
}

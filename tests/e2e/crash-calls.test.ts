// The real supervisor process struck at single system calls, killed or told of an error by strace; the next one comes to the same end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../git/repo.ts';
import { violationsOf } from '../helpers/checker.ts';
import { goOn, makeReal } from '../helpers/real.ts';
import { hasStrace } from '../helpers/strace.ts';
import { summary } from '../helpers/world.ts';

if (!hasStrace) console.warn('skipped: strace is missing or ptrace is forbidden here');

const supervise = ['supervise', '--until-done', '--approval', 'auto'];
// `-b execve`: git, checks, tmux and the runners in it are let go; only the supervisor itself is struck.
const strace = ['strace', '-f', '-qq', '-b', 'execve'];

const calls = ['link', 'rename', 'fsync', 'fdatasync', 'write'];
const faults: Readonly<Record<string, readonly string[]>> = {
  'signal=KILL': calls,
  'error=EIO': ['link', 'rename', 'fsync', 'fdatasync'],
  'error=ENOSPC': ['link', 'rename', 'fdatasync'],
};

interface Point {
  fault: string;
  call: string;
  /** Which of the process's calls; with `path` which of those that name it. Error injection counts each thread by itself. */
  when: number;
  path?: string;
}

test.skipIf(!hasStrace)('at calls spread over the run', { timeout: 240_000 }, async () => {
  const reference = makeReal();
  const trace = join(freshFolder('trace'), 'calls');
  const { how } = await reference.start(supervise, [...strace, '-o', trace, ...select(calls)]).ended;
  expect(how).toBe(0);
  const made = readFileSync(trace, 'utf8');
  const count = (call: string) => made.match(new RegExp(` ${call}\\(`, 'g'))?.length ?? 0;
  // At another place for every pair of fault and call.
  const points = Object.entries(faults).flatMap(([fault, struck], row) =>
    struck.map((call, column) => {
      const part = 0.1 + (0.6 * ((column * 3 + row * 5) % 7)) / 7;
      return { fault, call, when: Math.ceil(count(call) * part) };
    }),
  );
  for (const { call, when } of points) expect(when, `there is a ${call} to strike`).toBeGreaterThan(0);
  await strikeAll(points);
});

test.skipIf(!hasStrace)('at the very calls of claim, completion and landing', { timeout: 120_000 }, async () => {
  const steps = [
    { call: 'link', path: 'tasks/current/a.json' },
    { call: 'link', path: 'tasks/complete/a.json' },
    { call: 'link', path: '.git/index.lock' },
    { call: 'rename', path: '.git/index.oompa' },
  ];
  await strikeAll(steps.flatMap((step) => ['signal=KILL', 'error=EIO'].map((fault) => ({ ...step, fault, when: 1 }))));
});

async function strikeAll(points: readonly Point[]): Promise<void> {
  const failures: string[] = [];
  for (let at = 0; at < points.length; at += 2)
    for (const each of await Promise.all(points.slice(at, at + 2).map(strike))) failures.push(...each);
  expect(failures).toEqual([]);
}

/** Strikes once, goes on to the end, and says what is wrong then. */
async function strike({ fault, call, when, path }: Point): Promise<string[]> {
  const wrong: string[] = [];
  const real = makeReal();
  const trace = join(freshFolder('trace'), 'calls');
  const injection = [...select([call]), '-e', `inject=${call}:${fault}:when=${when}`];
  const where = path ? ['-P', join(real.root, path)] : [];
  const { child, ended } = real.start(supervise, [...strace, '-o', trace, ...injection, ...where]);
  const late = setTimeout(() => {
    wrong.push(`it never ended\n${summary(real.state())}`);
    process.kill(real.state().swarm?.pid ?? 0, 'SIGKILL');
  }, 60_000);
  child.once('exit', () => clearTimeout(late));
  const { how, text } = await ended;
  if (fault === 'signal=KILL' && how !== 'SIGKILL') wrong.push(`it was not killed: ${how} ${text}`);
  // What is counted over the whole run may be a little less the next time; what has a name must have been met.
  if (path && fault !== 'signal=KILL' && !readFileSync(trace, 'utf8').includes('INJECTED'))
    wrong.push('it was not struck');
  const goFurther = () => goOn(real).catch((error) => wrong.push(String(error)));
  if (real.state().swarm?.status !== 'stopped') await goFurther();
  const judged = { root: real.root, swarm: real.swarm(), tasks: real.tasks };
  const merged = () => real.tasks.every((id) => real.state().tasks[id]?.status === 'merged');
  // Workers that could not begin are given up and told of: then the next swarm does what is left.
  const reported = fault !== 'signal=KILL' && !merged();
  wrong.push(...violationsOf({ ...judged, finished: !reported }), ...real.leftovers());
  if (reported) await goFurther();
  if (!merged()) wrong.push(`not all was merged in the end\n${summary(real.state())}`);
  return wrong.map((each) => `${fault} at ${call} ${when} ${path ?? ''}: ${each}`);
}

function select(which: readonly string[]): string[] {
  return ['-e', `trace=${which}`, '-e', 'signal=none'];
}

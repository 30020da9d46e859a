// A swarm of the real CLIs, one worker of each that is installed, against the scripted model: tasks claimed, worked, checked, merged.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { JournalLine } from '../../src/core/event.ts';
import { fold } from '../../src/core/transition.ts';
import { findTagged, sweepTagged } from '../../src/disk/process.ts';
import { clis, programOf } from '../clis/clis.ts';
import { makePlace, modelOf } from '../clis/place.ts';
import { taskAgent } from '../clis/task-agent.ts';
import { builtProgram } from '../helpers/built.ts';
import { until } from '../helpers/until.ts';
import { startModelServer } from '../model-server/server.ts';

const there = clis.filter((cli) => programOf(cli) !== null);
const missing = clis.filter((cli) => !there.includes(cli)).map(({ name, version }) => `${name} ${version}`);
if (missing.length > 0) console.warn(`without ${missing.join(', ')}: not installed; sh scripts/test-clis.sh`);

/** A swarm of these models on a repository of their own with these tasks, run to its end. */
async function runSwarm(url: string, config: object, tasks: readonly string[]) {
  const { root, env, remove } = makePlace(there, { url });
  onTestFinished(async () => {
    await sweepTagged('OOMPA_ROOT', root, { graceMs: 0 });
    remove();
  });
  const checks = [{ name: 'there', run: ['test', '-e', 'a.txt'] }];
  writeFileSync(join(root, 'oompa.json'), JSON.stringify({ checks, ...config }));
  for (const column of ['pending', 'current', 'complete']) mkdirSync(join(root, 'tasks', column), { recursive: true });
  for (const id of tasks)
    writeFileSync(join(root, 'tasks', 'pending', `${id}.json`), JSON.stringify({ id, summary: `make ${id}.txt` }));

  const [program = '', ...first] = builtProgram();
  const child = spawn(program, [...first, 'run', '--until-done', '--approval', 'auto'], { cwd: root, env });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const ended = Promise.all([text(child.stdout), text(child.stderr), exited]).then(([printed, complained, code]) => {
    expect({ code, complained }, printed).toEqual({ code: 0, complained: '' });
  });
  const lines = (): JournalLine[] => {
    const current = join(root, '.oompa', 'current');
    const swarm = existsSync(current) ? readFileSync(current, 'utf8').trim() : '';
    const journal = join(root, 'runs', swarm, 'journal.jsonl');
    if (!swarm || !existsSync(journal)) return [];
    const whole = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
    return whole.map((line) => JSON.parse(line) as JournalLine);
  };
  return {
    root,
    ended,
    lines,
    state: () => fold(lines()),
    git: (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim(),
    log: async (worker: string) =>
      (await promisify(execFile)(program, [...first, 'log', worker], { cwd: root, env })).stdout,
  };
}

// Each turn of a CLI takes seconds, on a busy machine many; opencode tries for a minute to reach a provider that is away.
vi.setConfig({ testTimeout: 600_000 });
const patience = { withinMs: 300_000 };

test.runIf(there.length > 0)('one of each harness finishes a task, though the provider is away meanwhile', async () => {
  const before = await startModelServer([taskAgent({ afterTheFile: false })]);
  // The last one by another name, as a second account would be.
  const used = there.map(({ name }) => modelOf(name));
  const last = used.at(-1) ?? '';
  used[used.length - 1] = last.replace(/^\w+/, 'second');
  const workers = used.map((model) => ({ model, can_plan: false }));
  const harnesses = { second: { base: last.replace(/:.*/, '') } };
  const tasks = there.map(({ name }) => `for-${name}`);
  const names = there.map((_, index) => `w${index}`);
  const { root, ended, lines, state, git, log } = await runSwarm(before.url, { workers, harnesses }, tasks);

  const waiting = () => new Set(before.requests.filter(({ answered }) => answered === 'hang').map(workerIn));
  await until('every worker in the middle of its work', () => waiting().size === there.length, {
    ...patience,
    show: () => [...waiting()].join(),
  });
  await before.close();
  const cutOff = () => new Set(failuresIn(lines()).map(({ worker }) => worker));
  await until('every worker cut off', () => cutOff().size === there.length, {
    ...patience,
    show: () => [...cutOff()].join(),
  });
  const after = await startModelServer([taskAgent({ afterTheFile: true })], Number(new URL(before.url).port));
  onTestFinished(() => after.close());
  await ended;

  // What the screen showed meanwhile: the journal folds to the same states.
  const seen = lines();
  for (const { error } of failuresIn(seen)) expect(error).toMatchObject({ class: 'provider' });
  const shown = seen.flatMap((_, at) => Object.values(fold(seen.slice(0, at + 1)).workers));
  for (const name of names) {
    const limited = shown.find(({ id, status }) => id === name && status === 'limited');
    expect(limited?.why).toMatch(/^provider: ./);
  }
  for (const { text } of state().notices) expect(text).not.toMatch(/cycle \d+ ended|given up/);

  const merged = git('log', '--merges', '--format=%(trailers:key=Oompa-Worker,valueonly,separator=)', 'main');
  expect(merged.split('\n').sort()).toEqual(names);
  for (const id of tasks) {
    expect(git('show', `main:${id}.txt`)).toBe(`${id} is done`);
    expect(state().tasks[id]).toMatchObject({ status: 'merged', attempts: 0 });
  }
  for (const worker of Object.values(state().workers)) {
    expect(worker.usage.inputTokens).toBeGreaterThanOrEqual(300);
    const shown = await log(worker.id);
    for (const said of ['CLAIM(for-', '.txt', 'COMPLETE_AND_READY_FOR_MERGE']) expect(shown).toContain(said);
  }
  expect(findTagged('OOMPA_ROOT', root)).toEqual([]);
  for (const server of [before, after]) expect(server.egress).toEqual([]);
});

const workerIn = ({ prompt }: { prompt: string }) => /^\[oompa:\w+:(w\d+)\]/m.exec(prompt)?.[1];
const failuresIn = (lines: readonly JournalLine[]) =>
  lines.flatMap(({ event }) => (event.type === 'turn.ended' && event.outcome === 'failed' ? event : []));

// Agents are tried before a swarm starts: what was well a short while ago is not tried again, and --skip-probe tries nothing.
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knowModels } from '../../src/cli/models.ts';
import { probeModels, rememberProbes } from '../../src/cli/probes.ts';
import { Config } from '../../src/core/config.ts';
import { Refusal } from '../../src/core/errors.ts';
import { pathsOf } from '../../src/disk/paths.ts';
import { oompa } from './program.ts';
import { emptyFolder, makeRepository } from './repository.ts';

/** A program that notes that it was asked, and answers as told; `times` tells how often. */
function makeProgram(folder: string) {
  const bin = join(folder, 'claude');
  const note = join(folder, 'asked');
  const answer = (script: string) =>
    writeFileSync(bin, `#!/bin/sh\necho "$*" >> ${note}\n${script}\n`, { mode: 0o755 });
  writeFileSync(note, '');
  answer('echo 1.2.3');
  return { bin, answer, times: () => readFileSync(note, 'utf8').split('\n').length - 1 };
}

function makePlace() {
  const root = emptyFolder();
  const paths = pathsOf({ root, gitDir: join(root, '.git') });
  mkdirSync(paths.home);
  const program = makeProgram(root);
  const probe = async (model = 'mine:opus', env: Record<string, string> = {}) => {
    const harnesses = { mine: { base: 'claude', bin: program.bin, env } };
    const config = Config.parse({ workers: [{ model }, { model }], harnesses });
    await rememberProbes(paths, await probeModels(paths, knowModels(config).models));
    return program.times();
  };
  return { paths, program, probe };
}

test('once per model, environment and program as it is on the disk', async () => {
  const { program, probe } = makePlace();
  expect(await probe()).toBe(1);
  expect(await probe()).toBe(1);
  expect(await probe('mine:sonnet')).toBe(2);
  expect(await probe('mine:opus', { CLAUDE_CONFIG_DIR: '/x' })).toBe(3);
  expect(await probe()).toBe(3);
  utimesSync(program.bin, 1, 1);
  expect(await probe()).toBe(4);
});

test('again when it is long ago, or is said to be in the time to come, or cannot be read', async () => {
  const { paths, probe } = makePlace();
  expect(await probe()).toBe(1);
  const [key = ''] = Object.keys(JSON.parse(readFileSync(paths.probes, 'utf8')));
  for (const [index, shiftMs] of [-11 * 60_000, 60_000].entries()) {
    writeFileSync(paths.probes, JSON.stringify({ [key]: new Date(Date.now() + shiftMs).toISOString() }));
    expect(await probe()).toBe(index + 2);
  }
  writeFileSync(paths.probes, '{ torn');
  expect(await probe()).toBe(4);
  expect(await probe()).toBe(4);
});

test('what failed is tried every time', async () => {
  const { program, probe } = makePlace();
  program.answer('echo broken >&2; exit 3');
  await expect(probe()).rejects.toThrow(Refusal);
  await expect(probe()).rejects.toThrow('the model "mine:opus" cannot be used');
  expect(program.times()).toBe(2);
});

test('a swarm remembers, and starts without asking when told so', async () => {
  const folder = emptyFolder();
  const { bin, answer, times } = makeProgram(folder);
  const workers = [{ model: 'mine:opus', can_plan: false }];
  const { root, write } = makeRepository({ config: { workers, harnesses: { mine: { base: 'claude', bin } } } });
  const run = (...flags: string[]) => oompa(['run', '--until-done', ...flags], { cwd: root });
  expect((await run()).code).toBe(0);
  expect((await run()).code).toBe(0);
  expect(times()).toBe(1);
  answer('exit 3');
  const refused = await run();
  expect(refused.code).toBe(69);
  expect(refused.err).toContain('the model "mine:opus" cannot be used');
  expect((await run('--skip-probe')).code).toBe(0);
  write('oompa.json', JSON.stringify({ workers, harnesses: { mine: { base: 'claude', bin } }, probe: false }));
  expect((await run()).code).toBe(0);
  expect(times()).toBe(2);
});

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Refusal } from '../../src/core/errors.ts';
import { command } from '../../src/harnesses/command.ts';

const launch = { bin: '', args: [], root: '/repo' };
const none = { mcp: null, folder: '/folder', environment: {} };
const request = { ...launch, prompt: 'p', cwd: '/tree', reasoning: null, conversation: null, readOnly: false, ...none };

test('only a program with a slash is resolved, against the main checkout', () => {
  const argv = (model: string) => command.turn({ ...request, model }).argv;
  expect(argv('./agent.sh ./x "a b"')).toEqual(['/repo/agent.sh', './x', 'a b']);
  expect(argv('tools/agent')).toEqual(['/repo/tools/agent']);
  expect(argv('/opt/agent')).toEqual(['/opt/agent']);
  expect(argv('node agent.mjs')).toEqual(['node', 'agent.mjs']);
  expect(command.turn({ ...request, model: 'cat' })).toMatchObject({ cwd: '/tree', stdin: 'p' });
  expect(() => argv(' ')).toThrow(Refusal);
});

test('an alias names the program, the model string its further arguments', () => {
  const aliased = { ...request, bin: './agent.sh', args: ['--fast'], model: 'a "b c"' };
  expect(command.turn(aliased).argv).toEqual(['/repo/agent.sh', '--fast', 'a', 'b c']);
});

test('every line of stdout is text', () => {
  expect(command.reader({ cwd: '/tree', before: null }).read('{"type":"x"}')).toEqual([
    { type: 'text', text: '{"type":"x"}' },
  ]);
});

test('check tells what is missing and what to do', async () => {
  const root = await mkdtemp(join(tmpdir(), 'oompa-command-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const check = (model: string) => command.check({ ...launch, root, model }, {});
  expect(await check('sh -c x')).toEqual({ ok: true, version: null, problem: null, hint: null });
  expect(await check('no-such-program-here')).toMatchObject({
    ok: false,
    hint: 'install it, or give its path',
  });
  expect(await check('./agent.sh')).toMatchObject({ ok: false, problem: `no file ${root}/agent.sh` });
  await writeFile(join(root, 'agent.sh'), '#!/bin/sh\n');
  expect(await check('./agent.sh')).toMatchObject({
    ok: false,
    hint: `make it executable: chmod +x ${root}/agent.sh`,
  });
  await chmod(join(root, 'agent.sh'), 0o755);
  expect(await check('./agent.sh')).toMatchObject({ ok: true });
  expect(await check('sh "')).toMatchObject({
    ok: false,
    problem: expect.stringContaining('unfinished quote'),
  });
});

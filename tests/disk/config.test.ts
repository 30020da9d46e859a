import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/core/errors.ts';
import { inspectConfig, usable } from '../../src/disk/config.ts';
import { packageFolder } from '../../src/disk/paths.ts';
import { findPrompt, promptNames } from '../../src/disk/prompts.ts';
import { freshFolder } from './folder.ts';

const repo = (files: Record<string, string>) => {
  const root = freshFolder();
  for (const [name, text] of Object.entries({ 'prompts/worker.md': 'work', ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return { root, config: join(root, 'oompa.json') };
};

const loadConfig = (paths: { root: string; config: string }, file?: string) => usable(inspectConfig(paths, file));

const refusalOf = (paths: { root: string; config: string }, file?: string): Refusal => {
  try {
    loadConfig(paths, file);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const problemsOf = (value: unknown): string[] => {
  const paths = repo({ 'oompa.json': JSON.stringify(value) });
  const refusal = refusalOf(paths);
  expect(refusal.message.split('\n')[0]).toBe(`${paths.config} cannot be used:`);
  expect(refusal.exitCode).toBe(78);
  return refusal.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
};

describe('a config file', () => {
  it('reads the root file before the one in oompa/, and a named one before both', () => {
    const of = (model: string) => JSON.stringify({ workers: [{ model }] });
    const both = repo({ 'oompa.json': of('a'), 'oompa/oompa.json': of('b'), 'other.json': `\ufeff${of('c')}` });
    expect(loadConfig(both)).toMatchObject({ file: both.config, config: { workers: [{ model: 'a', count: 1 }] } });
    expect(loadConfig(both, join(both.root, 'other.json'))).toMatchObject({ config: { workers: [{ model: 'c' }] } });
    const second = repo({ 'oompa/oompa.json': of('b') });
    expect(loadConfig(second)).toMatchObject({
      file: join(second.root, 'oompa/oompa.json'),
      config: { workers: [{ model: 'b' }] },
    });
  });

  it('refuses when there is none, with what to do', () => {
    expect(refusalOf(repo({}))).toMatchObject({ exitCode: 66, hint: expect.stringContaining('oompa demo') });
    expect(refusalOf(repo({}), 'nowhere.json').message).toContain('nowhere.json');
  });

  it.each([
    ['{"workers": x}', '1:13: unexpected'],
    ['{\n  "workers": [],\n}', '3:1: expected double-quoted property name'],
    ['{\n  "workers": [\n', '3:1: unexpected end of file'],
    ['// hello\n{}', '1:1: unexpected'],
    ['', '1:1: unexpected end of file'],
    ['{} {}', '1:4: unexpected non-whitespace character'],
  ])('names line and column of a syntax error: %j', (text, expected) => {
    const paths = repo({ 'oompa.json': text });
    const refusal = refusalOf(paths);
    expect(refusal.message).toContain(`${paths.config}:${expected}`);
    expect(refusal.message).not.toContain('line');
    expect(refusal.exitCode).toBe(78);
  });

  it('knows what an alias of a harness may say', () => {
    const harnesses = { work: { base: 'claude', bni: 'x', env: { A: 1 } }, 'a b': { base: 'claude' }, 'x:y': {} };
    expect(problemsOf({ workers: [{ model: 'work:opus' }], harnesses })).toEqual([
      'harnesses.work.bni: unknown key; did you mean "bin"?',
      'harnesses.work.env.A: expected a string, got 1',
      'harnesses.a b: expected letters, digits, ".", "_" or "-", got "a b"',
      'harnesses.x:y: expected letters, digits, ".", "_" or "-", got "x:y"',
    ]);
  });

  it('says what is wrong with a reviewer or a planner, wherever it stands', () => {
    const workers = [{ model: 'a', reviewers: [{ modle: 'x' }, ''], review_model: 7 }];
    expect(
      problemsOf({ workers, reviewer: { model: 'a', count: 0 }, planner: 'claude', review_models: 'claude' }),
    ).toEqual([
      'workers[0].reviewers[0].modle: unknown key; did you mean "model"?',
      'workers[0].reviewers[0].model: is missing; write for instance "claude:opus" or "codex:gpt-5.5:high" or "command:./my-agent.sh"',
      'workers[0].reviewers[1]: expected some text, got ""',
      'workers[0].review_model: expected a string or an object, got 7',
      'reviewer.count: too small: expected number to be >=1, got 0',
      'planner: expected an object, got "claude"',
      'review_models: expected an array, got "claude"',
    ]);
    const missing = { model: 'a', prompt: ['none.md'] };
    const all = {
      workers: [{ ...missing, prompt: [], reviewer: missing }],
      review_models: ['a', missing],
      planner: missing,
    };
    const paths = repo({ 'prompts/reviewer.md': 'r', 'oompa.json': JSON.stringify(all) });
    const fields = refusalOf(paths).message.match(/^ {2}\S+: there is no prompt file none\.md/gm);
    expect(fields?.map((each) => each.trim().split(':')[0])).toEqual([
      'workers[0].reviewer.prompt[0]',
      'review_models[1].prompt[0]',
      'planner.prompt[0]',
    ]);
  });

  it('lists every problem in reading order, with the key that was meant', () => {
    expect(
      problemsOf({
        aproval: 'auto',
        workers: [{ model: 'a' }, { modle: 'x', count: 0, prompt: [1] }, { model: 7, iteratons: 3, zzzzzz: 1 }],
        timeouts: { idel: 3, total: 'soon', check: [] },
        when_done: 'stopp',
        checks: [{ nam: 'tests', run: 3 }, 4],
      }),
    ).toEqual([
      'aproval: unknown key; did you mean "approval"?',
      'workers[1].modle: unknown key; did you mean "model"?',
      'workers[1].count: too small: expected number to be >=1, got 0',
      'workers[1].prompt[0]: expected a string, got 1',
      'workers[1].model: is missing; write for instance "claude:opus" or "codex:gpt-5.5:high" or "command:./my-agent.sh"',
      'workers[2].model: expected a string, got 7',
      'workers[2].iteratons: unknown key; did you mean "iterations"?',
      'workers[2].zzzzzz: unknown key; known here: model, role, prompt, drive, permissions, count, iterations, max_cycle, max_cycles, can_plan, max_wait_for_tasks, wait_between, max_working_resumes, max_resumes, reviewers, review_models, reviewer, review_model',
      'timeouts.idel: unknown key; did you mean "idle"?',
      'timeouts.total: expected a span such as "90s", "10m" or "1h", got "soon"',
      'timeouts.check: expected a number or a string, got an array',
      'when_done: expected "wait" or "stop", got "stopp" (did you mean "stop"?)',
      'checks[0].nam: unknown key; did you mean "name"?',
      'checks[0].run: expected a string or an array, got 3',
      'checks[0].name: is missing',
      'checks[1]: expected a string or an object, got 4',
    ]);
    expect(problemsOf([])).toEqual(['(file): expected an object, got an array']);
    expect(problemsOf({})).toEqual(['workers: is missing']);
    expect(problemsOf({ workers: [] })).toEqual(['workers: expected at least one worker, got an array']);
  });

  it('takes one number of cycles by any of its three names, and refuses two that differ', () => {
    const cyclesOf = (worker: object) =>
      loadConfig(repo({ 'oompa.json': JSON.stringify({ workers: [{ model: 'a', ...worker }] }) })).config.workers[0]
        ?.iterations;
    expect(
      [{}, { iterations: 2 }, { max_cycle: 3 }, { max_cycles: 4 }, { max_cycle: 5, iterations: 5 }].map(cyclesOf),
    ).toEqual([10, 2, 3, 4, 5]);
    expect(problemsOf({ workers: [{ model: 'a', max_cycle: 3, iterations: 4, max_cycles: 5 }] })).toEqual([
      'workers[0].max_cycle: means the same as iterations, which is 4; give one of them',
      'workers[0].max_cycles: means the same as iterations, which is 4; give one of them',
    ]);
    expect(problemsOf({ workers: [{ model: 'a', max_cycle: 0 }] })).toEqual([
      'workers[0].max_cycle: too small: expected number to be >=1, got 0',
    ]);
  });

  it('finds prompts beside the config, in the repository, among its own', () => {
    const paths = repo({
      'conf/c.json': JSON.stringify({
        workers: [
          { model: 'a', prompt: ['near.md', 'far.md', 'package.json'] },
          { model: 'b', role: 'worker' },
        ],
      }),
      'conf/near.md': '',
      'near.md': '',
      'far.md': '',
    });
    const { promptFiles, config } = loadConfig(paths, join(paths.root, 'conf/c.json'));
    expect(Object.fromEntries(promptFiles)).toEqual({
      'near.md': join(paths.root, 'conf/near.md'),
      'far.md': join(paths.root, 'far.md'),
      'package.json': join(packageFolder(), 'package.json'),
      'prompts/worker.md': join(paths.root, 'prompts/worker.md'),
    });
    expect(config.workers.flatMap(promptNames).filter((name) => !promptFiles.has(name))).toEqual([]);
    expect(findPrompt('near.md', null, paths.root)).toBe(join(paths.root, 'near.md'));
  });

  it('refuses missing prompts: field, file, and where it looked', () => {
    const workers = [
      { model: 'a', prompt: 'gone.md' },
      { model: 'b', prompt: ['prompts/worker.md', 'lost.md'] },
      { model: 'c', role: 'nobody' },
    ];
    const problems = problemsOf({ workers });
    expect(problems.map((problem) => problem.replace(/ \(.*/, ''))).toEqual([
      'workers[0].prompt[0]: there is no prompt file gone.md',
      'workers[1].prompt[1]: there is no prompt file lost.md',
      'workers[2].role: there is no prompt file prompts/nobody.md',
    ]);
    for (const problem of problems)
      expect(problem).toContain(`, ${packageFolder()}, ${join(packageFolder(), 'prompts')})`);
  });
});

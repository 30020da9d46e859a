// `oompa lint`: every problem with its file, its field and what to do.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oompa } from './program.ts';
import { emptyFolder, makeRepository, scripted } from './repository.ts';

const lint = async (root: string) => {
  const { code, out } = await oompa(['lint', '--json'], { cwd: root });
  return { code, ...JSON.parse(out) };
};

test('a good repository is well, and nothing is made in it', async () => {
  const { root } = makeRepository();
  expect(await lint(root)).toEqual({ code: 0, ok: true, tasks: 0, problems: [] });
  expect(existsSync(join(root, 'tasks'))).toBe(false);
  expect(existsSync(join(root, '.oompa'))).toBe(false);
  const { code, out } = await oompa(['lint'], { cwd: root });
  expect({ code, out }).toEqual({ code: 0, out: 'all is well: the config, its prompts, and 0 tasks' });
});

test('tasks that nobody could do, each named', async () => {
  const { root, write } = makeRepository();
  const put = (path: string, text: string) => write(`tasks/${path}`, text);
  put('pending/parser.json', '{"id": "parser"}');
  put('pending/broken.json', '{"id": "broken",}');
  put('pending/lost.json', '{"id": "lost", "depends_on": ["parsre", "nothing-like-it"]}');
  put('pending/a.edn', '{:id "a" :dependencies ["b"]}');
  put('pending/b.json', '{"id": "b", "depends_on": ["a"]}');
  put('pending/twin.json', '{"id": "same"}');
  put('pending/other.json', '{"id": "same"}');
  put('complete/done.json', '{"id": "done", "depends_on": ["long-gone"]}');
  const { code, ok, problems } = await lint(root);
  expect({ code, ok }).toEqual({ code: 65, ok: false });
  expect(problems).toMatchObject([
    { file: 'tasks/pending/broken.json', problem: expect.stringMatching(/line 1, column 17/) },
    { file: 'tasks/pending/other.json', problem: expect.stringContaining('duplicate id same: pending/twin.json') },
    { file: 'tasks/pending/twin.json', problem: expect.stringContaining('duplicate id same: pending/other.json') },
    {
      file: 'tasks/pending/lost.json',
      field: 'depends_on',
      problem: 'there is no task "parsre"',
      hint: 'did you mean "parser"?',
    },
    { file: 'tasks/pending/lost.json', field: 'depends_on', problem: 'there is no task "nothing-like-it"' },
    { file: 'tasks/pending/a.edn', field: 'depends_on', problem: 'tasks wait for each other: a → b → a' },
  ]);
});

test('a config with several faults, all at once, and includes that lead nowhere', async () => {
  const { root, write } = makeRepository({
    config: {
      workers: [
        { model: 'comand:./agent.sh', prompt: ['mine.md', 'gone.md'] },
        { model: 'gpt-5', role: 'nobody' },
      ],
    },
  });
  write('prompts/_scope.md', '#oompa_directive:include_file "_scope.md"\n');
  write('mine.md', 'one\n#oompa_directive:include_file "lost.md"\n');
  const { code, problems } = await lint(root);
  expect(code).toBe(65);
  expect(problems).toMatchObject([
    { file: 'oompa.json', field: 'workers[0].prompt[1]', problem: expect.stringContaining('no prompt file gone.md') },
    { file: 'oompa.json', field: 'workers[1].role', problem: expect.stringContaining('prompts/nobody.md') },
    {
      file: 'oompa.json',
      field: 'workers[0].model',
      problem: expect.stringMatching(/unknown harness "comand".*did you mean "command:/),
    },
    { file: 'mine.md', field: 'line 2', problem: 'Could not include "lost.md"' },
    { file: 'prompts/_scope.md', field: 'line 1', problem: 'Skipping already-included file: "_scope.md"' },
  ]);
  const { out } = await oompa(['lint'], { cwd: root });
  expect(out).toContain('mine.md: line 2: Could not include "lost.md"\n    → ');
  expect(out).toMatch(/\n5 problems$/);
});

test('no config, one that is no JSON, one with unknown keys', async () => {
  const { root, write } = makeRepository({ config: null });
  expect(await lint(root)).toMatchObject({ code: 65, problems: [{ file: 'oompa.json', field: null }] });
  write('oompa.json', '{"workers": ]');
  expect(await lint(root)).toMatchObject({
    code: 65,
    problems: [{ problem: expect.stringContaining('oompa.json:1:13') }],
  });
  write('oompa.json', JSON.stringify(scripted({ limits: { comand: 1 } })));
  expect(await lint(root)).toMatchObject({
    code: 65,
    problems: [{ field: 'limits.comand', problem: expect.stringContaining('did you mean "command"?') }],
  });
  write('oompa.json', JSON.stringify({ ...scripted(), aproval: 'auto' }));
  expect(await lint(root)).toMatchObject({
    code: 65,
    problems: [{ field: 'aproval', problem: 'unknown key; did you mean "approval"?' }],
  });
  expect((await oompa(['lint'], { cwd: emptyFolder() })).code).toBe(66);
});

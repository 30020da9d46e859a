// A repository that was prepared for the original oompa, as it stands: EDN tasks, its keys, its prompts, a planner and a reviewer.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout, oompa } from './program.ts';
import { emptyFolder, makeRepository } from './repository.ts';
import { validFilesOf } from './run-files.ts';

const config = {
  workers: [
    { model: 'codex:gpt-5.3-codex:medium', prompt: ['config/prompts/worker.md'], iterations: 5, count: 1 },
    { model: 'claude:opus', prompt: 'config/prompts/executor.md', max_cycle: 5, can_plan: false, wait_between: 0 },
    { model: 'opencode:openrouter/x:free', prompt: ['config/prompts/executor.md'], iterations: 5, can_plan: false },
    { model: 'gemini:gemini-2.5-pro', iterations: 5, can_plan: false, max_wait_for_tasks: 600 },
  ],
  planner: { model: 'claude:opus', prompt: ['config/prompts/planner.md'], max_pending: 10 },
  reviewer: { model: 'codex:gpt-5.3-codex:high', prompt: ['config/prompts/reviewer.md'] },
};

function prepare() {
  const home = emptyFolder();
  const bin = emptyFolder();
  const repository = makeRepository({ config: null });
  const { write } = repository;
  for (const name of ['claude', 'codex', 'gemini', 'opencode']) {
    const script = `#!/bin/sh\nexec '${process.execPath}' '${join(checkout, 'tests/cli/original-agent.mjs')}' ${name} "$@"\n`;
    writeFileSync(join(bin, name), script, { mode: 0o755 });
  }
  write('oompa.json', JSON.stringify(config, null, 2));
  write(
    'config/prompts/worker.md',
    '# Worker\n#oompa_directive:include_file "_house.md"\nRules: {TASKS_ROOT}, {pending_count} wait.\n',
  );
  write('config/prompts/_house.md', 'House rule: `$1` and {task_status} stand.\n');
  write(
    'config/prompts/executor.md',
    '# Executor\n#oompa_directive:include_file "config/prompts/_agent_scope_rules.md"\n',
  );
  write('config/prompts/planner.md', '# Planner\nRead spec.md.\n');
  write('config/prompts/reviewer.md', '# Reviewer\nArchitecture, not style.\n');
  write('spec.md', 'Make files.\n');
  for (const id of ['alpha', 'beta', 'gamma'])
    write(
      `tasks/pending/${id}.edn`,
      `{:id "${id}"\n :summary "Make ${id}.txt for $5"\n :priority 2\n :mine #{:kept}}\n`,
    );
  const env = { HOME: home, PATH: `${bin}:${process.env.PATH}`, XDG_CONFIG_HOME: undefined, CODEX_HOME: undefined };
  const prompts = (): { name: string; worker: string; prompt: string }[] =>
    readFileSync(join(home, 'prompts.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { ...repository, env, prompts };
}

test('runs unchanged: a mixed swarm with planner and reviewer completes every task', { timeout: 240_000 }, async () => {
  const { root, git, env, prompts } = prepare();
  await git('add', '.');
  await git('commit', '-q', '-m', 'prepared for the original');
  const run = (...args: string[]) => oompa(args, { cwd: root, env });
  const ended = await run('swarm', '--until-done', '--approval', 'auto');
  expect(ended.code, `${ended.out}\n${ended.err}`).toBe(0);

  const complete = readdirSync(join(root, 'tasks/complete')).sort();
  expect(complete).toEqual(['alpha.edn', 'beta.edn', 'gamma.edn', 'planned.edn']);
  for (const file of complete) {
    const text = readFileSync(join(root, 'tasks/complete', file), 'utf8');
    const rounds = file === 'beta.edn' ? 1 : 0;
    for (const key of [/:completed-by "w\d"/, /:completed-at "20[^"]+Z"/, /:merged-commit "[0-9a-f]{7,40}"/])
      expect(text).toMatch(key);
    expect(text).toContain(`:review-rounds ${rounds}`);
    if (file !== 'planned.edn') expect(text).toContain('#{:kept}');
  }
  expect(readFileSync(join(root, 'beta.txt'), 'utf8')).toBe('mended\n');
  expect(await git('status', '--porcelain')).toBe('');
  const trailers = await git('log', '--merges', '--format=%(trailers:key=Oompa-Task,valueonly)');
  expect(trailers.split(/\n+/).filter(Boolean).sort()).toEqual(['alpha', 'beta', 'gamma', 'planned']);

  const all = prompts();
  const first = (worker: string) => all.find((each) => each.worker === worker)?.prompt ?? '';
  expect(all[0]?.worker).toBe('planner');
  expect(first('w0')).toContain('House rule: `$1` and ');
  expect(first('w0')).toContain('Rules: ../tasks, ');
  expect(first('w1')).not.toContain('Could not include');
  expect(all.some(({ prompt }) => prompt.includes('for $5'))).toBe(true);
  expect(all.every(({ prompt }) => /^\[oompa:[0-9a-f]{8}:[\w-]+\] /.test(prompt))).toBe(true);
  const review = all.find(({ prompt }) => prompt.includes('# Reviewer') && prompt.includes('+beta'));
  expect(review?.name).toBe('codex');

  const { runs } = JSON.parse((await run('list', '--json')).out);
  expect(runs).toMatchObject([{ state: 'stopped/completed', merged: 4, failed: 0, done: 4 }]);
  const files = validFilesOf(join(root, 'runs', runs[0].id));
  expect([...files.keys()]).toEqual(expect.arrayContaining(['started.json', 'stopped.json']));
  expect([...files.keys()].filter((path) => path.startsWith('reviews/')).length).toBeGreaterThanOrEqual(5);
  const view = await run('view');
  expect(view.out).toContain(runs[0].id);
  expect((await run('tasks')).out).toMatch(/Complete:\s+4/);
});

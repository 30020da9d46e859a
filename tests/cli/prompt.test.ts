// `oompa prompt`: what an agent would be told next is what it is told.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oompa } from './program.ts';
import { emptyFolder, makeRepository, scripted } from './repository.ts';

/** Keeps what it was told in `folder`, claims, and then hands in. */
const recording = (folder: string) => `#!/bin/sh
prompt=$(cat; echo x)
printf %s "\${prompt%x}" > "${folder}/$(ls "${folder}" | wc -l)"
case $prompt in
  *'## Your claims'*) echo done > done.txt; echo COMPLETE_AND_READY_FOR_MERGE ;;
  *) echo 'CLAIM(one)' ;;
esac
`;

test('before there is a swarm, by the config; the agent is then told just that', async () => {
  const { root, write } = makeRepository({ tasks: ['one'], config: null });
  const told = emptyFolder();
  write('record.sh', recording(told));
  const worker = { model: `command:sh ${root}/record.sh`, prompt: ['mine.md'] };
  write('oompa.json', JSON.stringify(scripted({ approval: 'auto' }, worker)));
  write('mine.md', 'My role is {worker}.\n#oompa_directive:include_file "config/prompts/_agent_scope_rules.md"\n');
  const before = await oompa(['prompt', 'w0'], { cwd: root });
  expect(before).toMatchObject({ code: 0, err: '' });
  expect(before.out).toContain('- one: Task one (suggested)');
  expect(before.out).toContain(
    'My role is w0.\nWe have included the content of file: "config/prompts/_agent_scope_rules.md" below\n## Scope',
  );
  expect(existsSync(join(root, '.oompa'))).toBe(false);

  expect((await oompa(['run', '--until-done'], { cwd: root })).code).toBe(0);
  const first = readFileSync(join(told, '0'), 'utf8').trimEnd();
  expect(first.replace(/^\[oompa:[0-9a-f]{8}:w0\]/, '[oompa:unknown:w0]')).toBe(before.out);
});

test('as JSON: what kind of turn, of which conversation, with what', async () => {
  const { root } = makeRepository({ tasks: ['one', 'two'], config: scripted({}, { count: 2 }) });
  const of = async (worker: string) => JSON.parse((await oompa(['prompt', worker, '--json'], { cwd: root })).out);
  expect(await of('w0')).toMatchObject({
    swarm: null,
    worker: 'w0',
    after: null,
    kind: 'work',
    conversation: null,
    suggested: 'one',
    tasks: [],
    mail: [],
    why: null,
  });
  // Each is offered another task, as the swarm would.
  expect(await of('w1')).toMatchObject({ suggested: 'two' });
});

test('a worker that gets no turn says why, one that is not there is refused', async () => {
  const { root } = makeRepository();
  expect(await oompa(['prompt', 'w0'], { cwd: root })).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('w0 gets no turn'),
  });
  expect(await oompa(['prompt', 'w7'], { cwd: root })).toMatchObject({
    code: 66,
    err: expect.stringContaining('workers: w0'),
  });
});

test('in a swarm that runs it is the journal that says', async () => {
  const repository = makeRepository({ tasks: ['one', 'two'], config: scripted() });
  expect((await oompa(['run', '--detach'], { cwd: repository.root })).code).toBe(0);
  await repository.until(({ counts }) => counts.needsYou === 1, 'a change in review');
  const of = async () => await oompa(['prompt', 'w0'], { cwd: repository.root });
  expect(await of()).toMatchObject({ code: 1, err: expect.stringContaining('is in review') });
});

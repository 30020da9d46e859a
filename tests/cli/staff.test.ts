// The program with reviewers and a planner of its own: scripts as their models, in real panes, from the first task to the last merge.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oompa } from './program.ts';
import { makeRepository, scripted } from './repository.ts';

// Wants task `one` done better than at first, and leaves scraps in its checkout.
const reviewer = `#!/bin/sh
prompt=$(cat)
echo scrap > scrap.txt
case $prompt in
  *"+mended"* | *"+three"* | *"+four"*) echo 'Read it.'; echo 'VERDICT: APPROVED' ;;
  *) echo '1. nothing says why: please-mend'; echo 'VERDICT: NEEDS_CHANGES' ;;
esac
`;
const broken = '#!/bin/sh\necho no account >&2\nexit 3\n';
const planner = `#!/bin/sh
cat > /dev/null
echo rewritten > readme.txt
for id in three four; do
  test -e ../../../../tasks/complete/$id.json -o -e ../../../../tasks/current/$id.json ||
    echo "{\\"id\\": \\"$id\\", \\"summary\\": \\"Task $id\\"}" > ../tasks/pending/$id.json
done
echo __DONE__
`;

const script = (name: string, text: string) => ({ name, text });

function place(config: Parameters<typeof scripted>[0], ...scripts: { name: string; text: string }[]) {
  const repository = makeRepository({ tasks: ['one'], config: scripted(config, { count: 2 }), scripts });
  return repository;
}

test('a planner adds tasks, a reviewer sends work back, the next of the chain stands in for one that fails', async () => {
  const repository = place(
    {
      review_models: ['command:./broken.sh', 'command:./reviewer.sh'],
      planner: { model: 'command:./planner.sh', max_pending: 3 },
      approval: 'auto',
    },
    script('reviewer.sh', reviewer),
    script('broken.sh', broken),
    script('planner.sh', planner),
  );
  const { root } = repository;
  const { code, out, err } = await oompa(['run', '--until-done'], { cwd: root });
  expect(code, `${out}\n${err}`).toBe(0);
  for (const id of ['one', 'three', 'four']) {
    expect(readFileSync(join(root, `${id}.txt`), 'utf8')).toBe(`${id}\n`);
    const done = JSON.parse(readFileSync(join(root, 'tasks/complete', `${id}.json`), 'utf8'));
    expect(done['review-rounds']).toBe(id === 'one' ? 1 : 0);
  }
  const status = await repository.status();
  const merged = status.changes.filter((change) => change.status === 'merged');
  expect(merged.map(({ review }) => [review?.verdict, review?.by])).toEqual(Array(3).fill(['approved', 'r1']));
  expect(merged[0]?.review?.failed[0]).toMatchObject({ by: 'r0', why: expect.stringContaining('exit code 3') });
  expect(status.workers.map(({ id, role }) => [id, role])).toEqual([
    ['w0', 'worker'],
    ['w1', 'worker'],
    ['r0', 'reviewer'],
    ['r1', 'reviewer'],
    ['planner', 'planner'],
  ]);
  const told = status.notices.map(({ text }) => text);
  expect(told).toContainEqual(expect.stringMatching(/^planner changed files in its checkout: discarded/));
  expect(await repository.git('ls-tree', '--name-only', 'main')).not.toMatch(/scrap|readme/);
  expect(await repository.git('for-each-ref', 'refs/heads/oompa')).toBe('');
});

test('a change that nobody could review waits for the operator, who sees why', async () => {
  const repository = place({ reviewer: 'command:./broken.sh', approval: 'auto' }, script('broken.sh', broken));
  const { root } = repository;
  expect((await oompa(['run', '--detach'], { cwd: root })).code).toBe(0);
  const status = await repository.until(
    ({ changes }) => changes.some((change) => change.status === 'awaiting-approval'),
    'a change that waits',
  );
  const [change] = status.changes;
  expect(change).toMatchObject({ approval: null, review: { verdict: null, failed: [{ by: 'r0' }] } });
  expect((await oompa(['status'], { cwd: root })).out).toMatch(
    /awaiting-approval .*not reviewed: r0 failed: crash: exit code 3/,
  );
  expect((await oompa(['approve', change?.id.slice(0, 8) ?? ''], { cwd: root })).code).toBe(0);
  await repository.until(({ changes }) => changes[0]?.status === 'merged', 'its merge');
});

// Whose word a command of an agent is, and of which repository.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identity } from '../../src/cli/identity.ts';
import { emptyFolder, makeRepository } from './repository.ts';

const as = (address: string) => ({ as: address });

test('a worker is who its runner says it is, wherever it stands, and nobody else', () => {
  const { root } = makeRepository();
  const env = { OOMPA_WORKER: 'w0', OOMPA_ROOT: root, OOMPA_SWARM: 'abc' };
  expect(identity({}, env)).toMatchObject({ address: 'w0', isAgent: true, paths: { root } });
  expect(() => identity(as('lead'), env)).toThrow(/w0 may not speak as lead/);
  for (const name of ['../../etc', 'W0', 'a'.repeat(300), 'w0\0', 'ｗ0'])
    expect(() => identity({}, { ...env, OOMPA_WORKER: name })).toThrow(/is no address/);
});

test('without a worker it is the operator, or who --as says', () => {
  expect(identity({}, {})).toMatchObject({ address: 'operator', isAgent: false });
  expect(identity({}, { OOMPA_WORKER: '', OOMPA_ROOT: '/nowhere' })).toMatchObject({ address: 'operator' });
  expect(identity(as('lead'), {})).toMatchObject({ address: 'lead', isAgent: false });
  expect(() => identity(as('../lead'), {})).toThrow(/is no address/);
});

test('two worktrees see one root', async () => {
  const { root, git } = makeRepository();
  const other = join(emptyFolder(), 'other');
  await git('worktree', 'add', '-q', other);
  expect(identity({}, { OOMPA_WORKER: 'w1', OOMPA_ROOT: other }).paths).toMatchObject({ root });
  expect(() => identity({}, { OOMPA_WORKER: 'w1', OOMPA_ROOT: join(root, 'gone') })).toThrow(/there is no folder/);
});

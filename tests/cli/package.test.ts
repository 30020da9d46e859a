// The package as it would be published: complete, without install scripts, and it runs where it is unpacked.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { checkout, plainEnv } from './program.ts';
import { emptyFolder } from './repository.ts';

const npm = (...args: string[]) =>
  execa('npm', args, { cwd: checkout, env: plainEnv(), extendEnv: false, stdin: 'ignore' });

test('packs what it needs and nothing else, and what is unpacked runs', async () => {
  const folder = emptyFolder();
  const { stdout } = await npm('pack', '--json', '--silent', '--pack-destination', folder);
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string; mode: number }[] }];
  const paths = packed.files.map(({ path }) => path);
  for (const path of [
    'package.json',
    'README.md',
    'dist/oompa.js',
    'prompts/_task-rules.md',
    'prompts/worker.md',
    'schemas/config.schema.json',
    'oompa.example.json',
    'docs/config.md',
    'docs/architecture.md',
    'demo/agent.mjs',
    'demo/todo-api/gitignore',
  ])
    expect(paths).toContain(path);
  expect(
    paths.filter(
      (path) =>
        !/^(dist|prompts|schemas|demo|docs)\/|^(README\.md|package\.json|oompa\.example\.json|LICENSE)$/.test(path),
    ),
  ).toEqual([]);

  // As npm lays it out: the package, its one dependency that is not bundled, and the link in .bin.
  await execa('tar', ['-xzf', join(folder, packed.filename)], { cwd: folder });
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync('../package', join(modules, 'oompa'));
  symlinkSync(join(checkout, 'node_modules/node-pty'), join(modules, 'node-pty'));
  symlinkSync('../oompa/dist/oompa.js', join(modules, '.bin/oompa'));
  const run = (...args: string[]) =>
    execa(process.execPath, [join(modules, '.bin/oompa'), ...args], {
      cwd: folder,
      env: plainEnv(),
      extendEnv: false,
      stdin: 'ignore',
    });
  expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  const demo = await run('demo', '--headless', '--speed', '0', '--dir', 'demo');
  expect(demo.stdout).toContain('The tests of the base branch pass.');
  expect(demo.stdout.match(/ merged +w\d /g)).toHaveLength(6);
});

test('nothing runs when it is installed', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
  expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([]);
});

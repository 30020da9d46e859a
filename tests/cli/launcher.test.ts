// The launcher of a checkout: from anywhere, through links, installing and building once. npm and the program are
// stand-ins (a real install is what .ci/run does); launcher, ensure.sh and their lock are the real ones.
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { checkout, plainEnv } from './program.ts';
import { emptyFolder } from './repository.ts';

/** A fresh clone whose installing and building are slow enough to be met, and write down that they happened. */
function freshClone() {
  const root = join(emptyFolder(), 'a clone');
  const bin = emptyFolder();
  const log = join(bin, 'log');
  writeFileSync(log, '');
  for (const folder of ['scripts', 'src']) mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['oompa', 'scripts/ensure.sh', 'package.json', 'package-lock.json'])
    copyFileSync(join(checkout, file), join(root, file));
  writeFileSync(join(root, 'src/main.ts'), '');
  writeFileSync(
    join(root, 'scripts/build.mjs'),
    `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
appendFileSync(${JSON.stringify(log)}, 'build\\n');
mkdirSync('dist', { recursive: true });
writeFileSync('dist/oompa.js', 'console.log(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2) }))');
writeFileSync('dist/.built', '');
`,
  );
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh
echo "npm $1" >>${log}
sleep 1
mkdir -p node_modules/.bin && ln -sf ${process.execPath} node_modules/.bin/node
`,
    { mode: 0o755 },
  );
  const start = (program: string, cwd: string, ...args: string[]) =>
    execa(program, args, {
      cwd,
      env: plainEnv({ PATH: `${bin}:${process.env.PATH}` }),
      extendEnv: false,
      reject: false,
    });
  const age = (path: string, seconds: number) => {
    const at = Date.now() / 1000 + seconds;
    utimesSync(join(root, path), at, at);
  };
  return { root, start, age, done: () => readFileSync(log, 'utf8').trim().split('\n') };
}

test('two at once on a fresh clone: one installs and builds, both run', async () => {
  const clone = freshClone();
  const elsewhere = emptyFolder();
  const both = await Promise.all([
    clone.start(join(clone.root, 'oompa'), elsewhere, 'status', 'a b', '--x=*'),
    clone.start(join(clone.root, 'oompa'), elsewhere, 'second'),
  ]);
  for (const { exitCode, stderr } of both) expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(both[0].stdout)).toEqual({ cwd: elsewhere, args: ['status', 'a b', '--x=*'] });
  expect(JSON.parse(both[1].stdout).args).toEqual(['second']);
  expect(clone.done()).toEqual(['npm ci', 'build']);
  const said = both.map(({ stderr }) => stderr).join('\n');
  expect(said.match(/installing dependencies/g)).toHaveLength(1);
  expect(said.match(/another process is installing/g)).toHaveLength(1);

  // Once it is there, nothing is said or done any more.
  const third = await clone.start(join(clone.root, 'oompa'), elsewhere);
  expect(third).toMatchObject({ exitCode: 0, stderr: '' });
  expect(clone.done()).toHaveLength(2);
});

test('through links, relative and absolute', async () => {
  const clone = freshClone();
  const folder = emptyFolder();
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(clone.root, 'oompa'), join(folder, 'absolute'));
  symlinkSync('../absolute', join(folder, 'bin/relative'));
  const { exitCode, stdout, stderr } = await clone.start(join(folder, 'bin/relative'), folder, 'x');
  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ cwd: folder, args: ['x'] });
});

test('what is older than its sources is made anew', async () => {
  const clone = freshClone();
  const run = () => clone.start('./oompa', clone.root);
  await run();
  clone.age('src/main.ts', 60);
  await run();
  expect(clone.done()).toEqual(['npm ci', 'build', 'build']);
  clone.age('src/main.ts', -60);
  writeFileSync(join(clone.root, 'package-lock.json'), '{}');
  clone.age('package.json', -60);
  await run();
  expect(clone.done().filter((line) => line === 'npm ci')).toHaveLength(2);
});

test('the lock of a process that died is taken over', async () => {
  const clone = freshClone();
  const gone = execa(process.execPath, ['-e', '']);
  await gone;
  mkdirSync(join(clone.root, '.ensure.lock'));
  writeFileSync(join(clone.root, '.ensure.lock/pid'), `${gone.pid}\n`);
  const both = await Promise.all([clone.start('./oompa', clone.root), clone.start('./oompa', clone.root)]);
  for (const { exitCode, stderr } of both) expect(exitCode, stderr).toBe(0);
  expect(clone.done()).toEqual(['npm ci', 'build']);
});

test('an install that failed is told, and tried again', async () => {
  const clone = freshClone();
  rmSync(join(clone.root, 'scripts/build.mjs'));
  const { exitCode, stderr } = await clone.start('./oompa', clone.root);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('build.mjs');
  writeFileSync(
    join(clone.root, 'scripts/build.mjs'),
    "import { mkdirSync, writeFileSync } from 'node:fs'; mkdirSync('dist'); writeFileSync('dist/oompa.js', ''); writeFileSync('dist/.built', '');",
  );
  expect(await clone.start('./oompa', clone.root)).toMatchObject({ exitCode: 0 });
});

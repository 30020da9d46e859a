// `oompa demo`: a small real repository, scripted agents, and the same program as everywhere else.
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exitCodes } from '../../core/errors.ts';
import { choosePanes } from '../../panes/choose.ts';
import { createDemo } from '../demo/create.ts';
import { startDetached } from '../detach.ts';
import { openFace } from '../open-face.ts';
import { openWorkspace, readLatest } from '../workspace.ts';
import type { Invocation } from './index.ts';
import { runForeground } from './run.ts';

export async function run({ options }: Invocation): Promise<number> {
  const folder = options.dir === undefined ? mkdtempSync(join(tmpdir(), 'oompa-demo-')) : resolve(String(options.dir));
  const headless = Boolean(options.headless);
  const demo = await createDemo(folder, {
    ...(options.workers === undefined ? {} : { workers: Number(options.workers) }),
    speed: options.speed === undefined ? 1 : Number(options.speed),
    approval: headless ? 'auto' : 'operator',
    whenDone: headless ? 'stop' : 'wait',
  });
  console.log(`The demo repository is ${demo.folder}, with ${demo.tasks.length} tasks.`);
  console.log('Its agents are scripted: they edit files and run tests for real, but no model is asked.');
  process.chdir(demo.folder);
  const paths = openWorkspace();
  if (headless) return runHeadless(paths);
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    console.log('This is no terminal. Use --headless, or open it in one:');
    console.log(`  cd ${demo.folder} && oompa tui`);
    return exitCodes.ok;
  }
  const { kind } = await choosePanes('auto');
  if (kind === 'tmux') await startDetached(paths, []);
  const code = await openFace(paths, { painted: false, ...(kind === 'tmux' ? {} : { embedded: {} }) });
  const after = readLatest(paths)?.state;
  if (after?.swarm?.status !== 'stopped') {
    console.log(
      `The demo goes on in ${demo.folder}. Come back with: cd ${demo.folder} && oompa tui   End it with: oompa stop`,
    );
  }
  return code;
}

/** Approval by policy until every task is merged; 0 only if they all are and the base branch's own tests pass. */
async function runHeadless(paths: ReturnType<typeof openWorkspace>): Promise<number> {
  const code = await runForeground(paths, {}, false);
  const passed = await testsPass(paths.root);
  console.log(passed ? 'The tests of the base branch pass.' : 'The tests of the base branch FAIL.');
  return code === 0 && passed ? exitCodes.ok : exitCodes.failed;
}

function testsPass(root: string): Promise<boolean> {
  return new Promise((done) => {
    execFile('npm', ['test', '--silent'], { cwd: root }, (error) => done(error === null));
  });
}

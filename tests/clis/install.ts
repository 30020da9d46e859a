// Installs the pinned CLIs that are missing from the cache: `sh scripts/test-clis.sh [name…]`. Says of each where it is or why not;
// exits 0 all the same, because a test whose CLI is missing is skipped and says so. The four take 1.2 GB.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Cli, clis, folderOf, programOf } from './clis.ts';

const run = promisify(execFile);

const wanted = process.argv.slice(2);
for (const cli of clis) {
  if (wanted.length > 0 && !wanted.includes(cli.name)) continue;
  const name = `${cli.name} ${cli.version}`;
  try {
    const had = programOf(cli);
    if (!had) await install(cli);
    console.log(`${name}: ${had ? 'there' : 'installed'}`);
  } catch (error) {
    console.log(`${name}: cannot be installed, its tests will be skipped: ${lastLine(error)}`);
  }
}

/** Made in a folder beside and moved into place whole: two at once do not disturb each other. */
async function install(cli: Cli): Promise<void> {
  const folder = folderOf(cli);
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}.`);
  try {
    await writeFile(join(fresh, 'package.json'), '{"private":true}\n');
    await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${cli.package}@${cli.version}`], {
      cwd: fresh,
      maxBuffer: 64 << 20,
    });
    const program = join(fresh, 'node_modules', '.bin', cli.name);
    await tellVersion(program).catch(async (error) => {
      // npm was told to run no scripts: what the package's own would have done is done here.
      if (!cli.finish) throw error;
      await run(process.execPath, [...cli.finish], { cwd: join(fresh, 'node_modules', cli.package) });
      await tellVersion(program);
    });
    await writeFile(join(fresh, '.installed'), `${cli.package}@${cli.version}\n`);
    await rename(fresh, folder).catch(async (error) => {
      if (!programOf(cli)) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function tellVersion(program: string): Promise<unknown> {
  return run(program, ['--version'], { timeout: 60_000 });
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n').at(-1) ?? message;
}

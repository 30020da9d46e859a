// Where the server's socket lies: in the folder of the repository, or, where that path is too long for a socket, in a short one.
import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EffectError, errnoOf } from '../../core/errors.ts';
import { makeFolder, writeNew } from '../../disk/durable.ts';

// sun_path holds 104 bytes on macOS, 108 on Linux, with the closing NUL.
const longest = 100;

/**
 * The path of the socket `name` of `folder`; makes the folders. Every process gets the same answer: a path elsewhere is written to
 * `<folder>/<name>.path` by who came first. EffectError `bad-socket` when somebody else owns that place.
 */
export async function socketPath(folder: string, name: string, env: NodeJS.ProcessEnv): Promise<string> {
  await makeFolder(folder);
  const near = join(folder, name);
  if (Buffer.byteLength(near) <= longest) return near;
  const note = join(folder, `${name}.path`);
  const known = await readFile(note, 'utf8').catch(() => null);
  if (known !== null) return own(known.trim());
  const hash = createHash('sha256').update(near).digest('hex').slice(0, 12);
  const base = env.XDG_RUNTIME_DIR && (await isOwn(env.XDG_RUNTIME_DIR)) ? env.XDG_RUNTIME_DIR : tmpdir();
  const far = join(base, `oompa-${process.getuid?.() ?? 0}-${hash}`, 'tmux.sock');
  await writeNew(note, `${far}\n`).catch((error) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  return own((await readFile(note, 'utf8')).trim());
}

async function own(path: string): Promise<string> {
  const folder = join(path, '..');
  await makeFolder(folder);
  if (await isOwn(folder)) return path;
  throw new EffectError({
    code: 'bad-socket',
    message: `${folder} is not a private folder of yours`,
    hint: `look who made it; then remove it, or set XDG_RUNTIME_DIR, and start again`,
  });
}

async function isOwn(folder: string): Promise<boolean> {
  const stat = await lstat(folder).catch(() => null);
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
}

// One mailbox as files (Maildir): a message is written in tmp, linked into new, and taken by a rename to cur with its flags.
import { randomUUID } from 'node:crypto';
import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EffectError, errnoOf } from '../core/errors.ts';
import { explain, makeFolder, moveExclusive, renameChecked, syncFolder, writeNew } from '../disk/durable.ts';
import { limits } from './message.ts';
import { nameOf, takenAs, takenName } from './names.ts';
import { notMail } from './parse.ts';

/** How long a half-written message may lie in tmp before its writer counts as dead. */
const staleMs = 36 * 3_600_000;

/** Makes the folders of a mailbox and removes what writers left in tmp that died more than 36 hours ago. */
export async function openMailbox(box: string, sync: boolean): Promise<void> {
  // tmp comes last: a mailbox that can be written to is whole.
  for (const each of ['cur', 'new', 'tmp']) await makeFolder(join(box, each));
  if (sync) for (const each of [box, dirname(box)]) await syncFolder(each);
  for (const file of staleFiles(box)) await unlink(file).catch(() => {});
}

/** What dead writers left in tmp. */
export function staleFiles(box: string): string[] {
  const folder = join(box, 'tmp');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .map((name) => join(folder, name))
    .filter((file) => Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN) > staleMs);
}

/** Whether messages can be delivered here. */
export function exists(box: string): boolean {
  return existsSync(join(box, 'tmp'));
}

/**
 * Delivers bytes under a name: whole and durable in `new` when it resolves. `new-here`: it was delivered now; `was-here`: the
 * mailbox has or had that name, taken or not. Throws EffectError `no-mailbox` where there is none. After any other error it may
 * be there or not, but not in part: ask again.
 */
export async function deliver(
  box: string,
  name: string,
  bytes: Uint8Array,
  sync: boolean,
): Promise<'new-here' | 'was-here'> {
  const temporary = join(box, 'tmp', `${name}.${randomUUID()}`);
  try {
    if (takenAs(box, name)) {
      if (sync) await syncBoth(box);
      return 'was-here';
    }
    if (sync) await writeNew(temporary, bytes);
    else await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 });
    const outcome = await moveExclusive(temporary, join(box, 'new', name), { sync: false });
    if (outcome === 'gone') throw noMailbox(box);
    if (outcome === 'taken') await unlink(temporary);
    if (sync) await (outcome === 'moved' ? syncFolder(join(box, 'new')) : syncBoth(box));
    return outcome === 'moved' ? 'new-here' : 'was-here';
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw errnoOf(error) === 'ENOENT' ? noMailbox(box) : explain(error, `cannot deliver to ${basename(box)}`);
  }
}

/** For a message that was there: whoever put it there may not have come to making it durable. */
async function syncBoth(box: string): Promise<void> {
  for (const folder of ['new', 'cur']) await syncFolder(join(box, folder));
}

function noMailbox(box: string): EffectError {
  const address = basename(box);
  return new EffectError({
    code: 'no-mailbox',
    message: `nobody has the address ${address}`,
    hint: 'write to an address of a running worker',
  });
}

/**
 * Claims a file of `new` by rename; null when somebody else was faster. `once`: the name stands for one message, so what was taken
 * under it before makes this a second copy, which goes.
 */
export async function take(
  file: string,
  flags: string,
  options: { sync: boolean; once: boolean },
): Promise<string | null> {
  if (basename(dirname(file)) !== 'new') return null;
  const box = boxOf(file);
  let { name } = nameOf(file);
  if (takenAs(box, name)) {
    if (options.once) {
      await unlink(file).catch(() => {});
      return null;
    }
    name = `${name}.${randomUUID()}`;
  }
  const to = join(box, 'cur', takenName(name, flags));
  return (await renameChecked(file, to, { sync: options.sync })) ? to : null;
}

/** Adds flags to a file of `cur`, wherever other flags have moved it. Throws EffectError `gone` when it is not there. */
export async function flag(file: string, flags: string, sync: boolean): Promise<string> {
  const { name } = nameOf(file);
  for (let at: string | null = file; at; at = takenAs(boxOf(file), name)) {
    const to = join(dirname(at), takenName(name, flags, nameOf(at).flags));
    if (at === to && existsSync(at)) return to;
    if (at !== to && (await renameChecked(at, to, { sync }))) return to;
  }
  throw new EffectError({
    code: 'gone',
    message: `the message ${name} is not in ${boxOf(file)}`,
    hint: 'somebody removed or moved it',
  });
}

/** Files that may hold the message of this id: the one named for it if there is one, else those whose names say nothing. */
export async function search(box: string, id: string, telling: (name: string) => boolean): Promise<string[]> {
  const fresh = join(box, 'new', id);
  const named = id.includes('/') ? null : existsSync(fresh) ? fresh : takenAs(box, id);
  if (named) return [named];
  const files = [...(await list(box, 'new')), ...(await list(box, 'cur'))];
  return files.filter((each) => nameOf(each).name === id || !telling(nameOf(each).name));
}

/** Files of a folder of the mailbox. A missing mailbox has none. */
export async function list(box: string, folder: 'new' | 'cur'): Promise<string[]> {
  const names = await readdir(join(box, folder)).catch((error) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw explain(error, `cannot read the mailbox ${basename(box)}`);
  });
  return names.filter((each) => !each.startsWith('.')).map((each) => join(box, folder, each));
}

/**
 * The bytes of a file and when it was written; null when it is gone. Synchronous: a message is small and in memory, and this is a
 * tenth of the cost. Throws EffectError `not-mail` for what is no file, too big or not ours to read.
 */
export function read(file: string): { bytes: Buffer; date: string } | null {
  // A taken message gets up to 46 characters more.
  if (Buffer.byteLength(basename(file)) > 200) throw notMail('its name is too long');
  let handle: number;
  try {
    // NONBLOCK: somebody else's named pipe must not stop us.
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return null;
    if (code && ['ELOOP', 'EACCES', 'ENXIO', 'EPERM'].includes(code)) throw notMail(`it cannot be opened (${code})`);
    throw explain(error, `cannot read ${file}`);
  }
  try {
    const found = fstatSync(handle);
    if (!found.isFile()) throw notMail('it is not a file');
    if (found.size > limits.message) throw notMail(`it has ${found.size} bytes`);
    return { bytes: readFileSync(handle), date: found.mtime.toISOString() };
  } finally {
    closeSync(handle);
  }
}

function boxOf(file: string): string {
  return dirname(dirname(file));
}

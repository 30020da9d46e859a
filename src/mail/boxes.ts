// Mailboxes of one root as folders: where each lies, what is in its files, and how bytes get into one. Post, mailer and keeper stand on it.
import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { clean } from '../core/clean.ts';
import { EffectError, errnoOf } from '../core/errors.ts';
import { compareIds, isId } from '../core/ids.ts';
import { explain, makeFolder, renameChecked } from '../disk/durable.ts';
import { checkAddress, dead, fixed } from './address.ts';
import type { Received } from './contract.ts';
import * as maildir from './maildir.ts';
import { nameOf, takenName } from './names.ts';
import { parse } from './parse.ts';

export interface BoxesOptions {
  /** The folder that holds a Maildir for each address. */
  root: string;
  /** Right side of mailboxes and Message-IDs. Default `oompa`. */
  hostname?: string;
  /** `false` gives up durability across a power cut, never wholeness. Default true. */
  sync?: boolean;
  /** Told of each file that was put into the mailbox `dead`: where it was, where it is, and why, cleaned. */
  onBad?: (bad: { address: string; file: string; reason: string }) => void;
}

/** Maildir++ folders of a mailbox beside its inbox. */
export type Folder = 'Sent' | 'Archive' | 'Dead';

export interface Boxes {
  hostname: string;
  sync: boolean;
  /** The mailbox of an address, or a folder of it. Throws EffectError `bad-address`. */
  box(address: string, folder?: Folder): string;
  /** Throws EffectError `unknown-format` when a newer oompa lays its mail out otherwise. Whoever writes asks first. */
  checkFormat(): Promise<void>;
  /** Makes a mailbox, or a folder of it. Idempotent. */
  open(address: string, folder?: Folder): Promise<void>;
  addresses(): Promise<string[]>;
  /** Whether a file name is the Message-ID of what is in it. */
  isNamed(name: string): boolean;
  /** The message in a file; null when it is gone or was put aside as none. */
  receive(address: string, file: string): Promise<Received | null>;
  /** Durable in `new` when it resolves, or there before. Throws EffectErrors `no-mailbox`, `name-taken`, `enospc`, … */
  put(address: string, id: string, bytes: Uint8Array): Promise<void>;
  /** A message of the mailbox by Message-ID: in `new`, `cur`, or a folder that messages end in. */
  find(address: string, id: string): Promise<Received | null>;
}

/** Version of the layout of a mail folder, as its file says. */
const format = '1\n';

/** Opens the mailboxes under a root. Any number of processes may do so at the same time. */
export function createBoxes({ root, hostname = 'oompa', sync = true, onBad }: BoxesOptions): Boxes {
  const box = (address: string, folder?: Folder) =>
    join(root, checkAddress(address), ...(folder ? [`.${folder}`] : []));
  const isNamed = (name: string) => name.endsWith(`@${hostname}`);

  let checked = false;
  async function checkFormat(): Promise<void> {
    if (checked) return;
    const file = join(root, 'oompa-format');
    await makeFolder(root);
    await writeFile(file, format, { flag: 'wx', mode: 0o600 }).catch((error) => {
      if (errnoOf(error) !== 'EEXIST') throw explain(error, `cannot write ${file}`);
    });
    const found = (await readFile(file, 'utf8')).trim();
    // Empty: somebody has just made it.
    if (found !== '' && found !== format.trim()) {
      throw new EffectError({
        code: 'unknown-format',
        message: `${root} is of format ${clean(found).slice(0, 20)}, this oompa knows ${format.trim()}`,
        hint: 'use the newer oompa that wrote it; nothing was changed',
      });
    }
    checked = true;
  }

  async function open(address: string, folder?: Folder): Promise<void> {
    await checkFormat();
    await maildir.openMailbox(box(address), sync);
    if (!folder) return;
    await maildir.openMailbox(box(address, folder), sync);
    // Maildir++: what tells a folder of a mailbox from a mailbox.
    await writeFile(join(box(address, folder), 'maildirfolder'), '', { flag: 'a', mode: 0o600 });
  }

  async function addresses(): Promise<string[]> {
    const found = await readdir(root, { withFileTypes: true }).catch((error) => {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    });
    const names = found
      .filter((each) => each.isDirectory() && isId(each.name) && each.name !== dead)
      .map((each) => each.name);
    return names.sort(compareIds);
  }

  async function receive(address: string, file: string): Promise<Received | null> {
    const { name, flags } = nameOf(file);
    try {
      const found = maildir.read(file);
      if (!found) return null;
      return { message: await parse(found.bytes, hostname, { id: name, date: found.date }), file, flags };
    } catch (error) {
      if (!(error instanceof EffectError && error.code === 'not-mail')) throw error;
      if (address !== dead) await bury(address, file, error.message);
      return null;
    }
  }

  async function bury(address: string, file: string, reason: string): Promise<void> {
    await open(dead);
    const to = join(box(dead), 'cur', takenName(`${address}.${randomUUID()}`, ''));
    if (await renameChecked(file, to, { sync }))
      onBad?.({ address, file: to, reason: `${clean(basename(file))}: ${reason}` });
  }

  async function put(address: string, id: string, bytes: Uint8Array): Promise<void> {
    await checkFormat();
    if (fixed.includes(address) && !maildir.exists(box(address))) await open(address);
    // More than once: looking puts a file of this name aside that is no mail, and may miss one that is being taken.
    for (let tries = 3; tries > 0; tries -= 1) {
      if ((await maildir.deliver(box(address), id, bytes, sync)) === 'new-here' || (await find(address, id))) return;
    }
    throw new EffectError({
      code: 'name-taken',
      message: `the mailbox of ${address} has another message under the name ${id}`,
      hint: 'somebody put it there by hand: move it away',
    });
  }

  async function find(address: string, id: string): Promise<Received | null> {
    for (const file of await maildir.search(box(address), id, isNamed)) {
      const received = await receive(address, file);
      if (received?.message.id === id) return received;
    }
    return null;
  }

  return { hostname, sync, box, checkFormat, open, addresses, isNamed, receive, put, find };
}

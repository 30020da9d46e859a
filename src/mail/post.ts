// The post: drafts go out to mailboxes, messages come in, and what is no mail is put aside.
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { clean } from '../core/clean.ts';
import { EffectError, errnoOf } from '../core/errors.ts';
import { compareIds, isId } from '../core/ids.ts';
import { renameChecked } from '../disk/durable.ts';
import { watchHint } from '../disk/watch.ts';
import { checkAddress, dead, fixed, resolve } from './address.ts';
import { compose, messageId } from './compose.ts';
import type { MessageType, Post, Received } from './contract.ts';
import * as maildir from './maildir.ts';
import { nameOf, takenName } from './names.ts';
import { parse } from './parse.ts';

export interface PostOptions {
  /** The folder that holds a Maildir for each address. */
  root: string;
  /** Right side of mailboxes and Message-IDs. Default `oompa`. */
  hostname?: string;
  /** `false` gives up durability across a power cut, never wholeness. Default true. */
  sync?: boolean;
  /** Told of each file that was put into the mailbox `dead`: where it was, where it is, and why, cleaned. */
  onBad?: (bad: { address: string; file: string; reason: string }) => void;
}

const lookMs = 2_000;

/** The post of one repository. Any number of processes may have one on the same folder. */
export function createPost({ root, hostname = 'oompa', sync = true, onBad }: PostOptions): Post {
  const box = (address: string) => join(root, checkAddress(address));
  /** Whether a file name is the Message-ID of what is in it. */
  const ours = (name: string) => name.endsWith(`@${hostname}`);
  const open = (address: string) => maildir.openMailbox(box(address), sync);

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

  /** The message in a file; null when it is gone or was put aside. */
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

  async function receiveAll(address: string, files: readonly string[], type?: MessageType): Promise<Received[]> {
    const all: Received[] = [];
    for (const file of files) {
      const received = await receive(address, file);
      if (received && (!type || received.message.type === type)) all.push(received);
    }
    return all.sort(byAge);
  }

  async function deliverTo(address: string, id: string, bytes: Buffer): Promise<void> {
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
    for (const file of await maildir.search(box(address), id, ours)) {
      const received = await receive(address, file);
      if (received?.message.id === id) return received;
    }
    return null;
  }

  return {
    open,
    addresses,

    async deliver(draft) {
      const id = messageId(draft, hostname);
      const to = await resolve(draft.to, draft.from, addresses);
      const bytes = await compose(draft, to, id, hostname);
      for (const address of to) await deliverTo(address, id, bytes);
      return { id, to };
    },

    async peek(address, { type } = {}) {
      return receiveAll(address, await maildir.list(box(address), 'new'), type);
    },

    async take(received, flags = 'S') {
      const { name } = nameOf(received.file);
      const once = ours(name) && name === received.message.id;
      const file = await maildir.take(received.file, flags, { sync, once });
      return file === null ? null : { ...received, file, flags: nameOf(file).flags };
    },

    async taken(address, { without = '', type } = {}) {
      const files = await maildir.list(box(address), 'cur');
      const lacks = (file: string) => without === '' || [...without].some((each) => !nameOf(file).flags.includes(each));
      return receiveAll(address, files.filter(lacks), type);
    },

    async flag(received, flags) {
      const file = await maildir.flag(received.file, flags, sync);
      return { ...received, file, flags: nameOf(file).flags };
    },

    find,

    onHint(watched, listener) {
      const folders = new Map(watched.map((address) => [join(box(address), 'new'), address]));
      const seen = new Map<string, bigint | undefined>();
      const tell = (folder: string) => {
        seen.set(folder, changedAt(folder));
        const address = folders.get(folder);
        if (address) listener(address);
      };
      for (const folder of folders.keys()) seen.set(folder, changedAt(folder));
      const stop = watchHint([...folders.keys()], tell);
      // inotify drops events silently: a folder that changed untold is told now.
      const looks = setInterval(() => {
        for (const folder of folders.keys()) if (changedAt(folder) !== seen.get(folder)) tell(folder);
      }, lookMs).unref();
      return () => {
        clearInterval(looks);
        stop();
      };
    },
  };
}

function byAge(a: Received, b: Received): number {
  const [left, right] = [a.message.date + a.message.id, b.message.date + b.message.id];
  return left < right ? -1 : left > right ? 1 : 0;
}

function changedAt(folder: string): bigint | undefined {
  return statSync(folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}

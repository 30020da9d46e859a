// The post: drafts go out to mailboxes, messages come in, and what is no mail is put aside.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { watchHint } from '../disk/watch.ts';
import { resolve } from './address.ts';
import { type BoxesOptions, createBoxes } from './boxes.ts';
import { compose, messageId } from './compose.ts';
import type { MessageType, Post, Received, Said } from './contract.ts';
import * as maildir from './maildir.ts';
import { isProgramType } from './message.ts';
import { nameOf } from './names.ts';

const lookMs = 2_000;

/** The post of one repository. Any number of processes may have one on the same folder. */
export function createPost(options: BoxesOptions): Post {
  const { hostname, sync, box, open, addresses, isNamed, receive, put, find } = createBoxes(options);

  async function receiveAll(address: string, files: readonly string[], type?: MessageType | Said): Promise<Received[]> {
    const all: Received[] = [];
    for (const file of files) {
      const received = await receive(address, file);
      if (received && (!type || isOf(received.message.type, type))) all.push(received);
    }
    return all.sort(byAge);
  }

  return {
    open,
    addresses,

    async deliver(draft) {
      const id = messageId(draft, hostname);
      const to = await resolve(draft.to, draft.from, addresses);
      const bytes = await compose(draft, { to }, id, hostname);
      for (const address of to) await put(address, id, bytes);
      return { id, to };
    },

    async peek(address, { type } = {}) {
      return receiveAll(address, await maildir.list(box(address), 'new'), type);
    },

    async take(received, flags = 'S') {
      const { name } = nameOf(received.file);
      const once = isNamed(name) && name === received.message.id;
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

function isOf(type: MessageType, wanted: MessageType | Said): boolean {
  return wanted === 'said' ? !isProgramType(type) : type === wanted;
}

function byAge(a: Received, b: Received): number {
  const [left, right] = [a.message.date + a.message.id, b.message.date + b.message.id];
  return left < right ? -1 : left > right ? 1 : 0;
}

function changedAt(folder: string): bigint | undefined {
  return statSync(folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}

// Mail as resources, for clients that show such: looking at one marks nothing as read.
import { everybody, openStages, pageOf, read, threadOf } from '../mail-reading.ts';
import { briefListOf, treeText } from '../mail-text.ts';
import type { Mailroom } from '../mailroom.ts';
import { shown } from './shown.ts';

interface Resource {
  /** With `{id}` where one is wanted. */
  uri: string;
  name: string;
  read(room: Mailroom, id: string): Promise<string>;
}

export const resources: readonly Resource[] = [
  {
    uri: 'mail://inbox',
    name: 'Your open mail',
    async read(room) {
      const { total, entries } = await pageOf(room, { filter: { stages: openStages }, limit: 100, page: 1 });
      return total === 0 ? 'no mail' : briefListOf(entries);
    },
  },
  {
    uri: 'mail://message/{id}',
    name: 'A message',
    async read(room, id) {
      const { entry, message } = await read(room, id, { peek: true });
      return shown(entry, message);
    },
  },
  {
    uri: 'mail://thread/{id}',
    name: 'A thread as a tree',
    read: async (room, id) => treeText((await threadOf(room, id)).rows),
  },
  {
    uri: 'mail://agents',
    name: 'Who can be written to',
    read: async (room) => (await everybody(room)).map(({ address, status }) => `${address} ${status}`).join('\n'),
  },
];

/** The text of a resource. Throws for an address that is none, and as the mail does. */
export async function readResource(uri: string, room: Mailroom): Promise<string> {
  for (const each of resources) {
    const [stem = '', wantsId] = each.uri.split('{id}');
    if (wantsId === undefined ? uri === stem : uri.startsWith(stem) && uri.length > stem.length)
      return each.read(room, decodeURIComponent(uri.slice(stem.length)));
  }
  throw new Error(`there is no ${uri.slice(0, 80)}; there are ${resources.map((each) => each.uri).join(', ')}`);
}

// `oompa mail inbox`, `read`, `count`, `thread`, `search`, `outbox`, `who`, `groups`: what only looks.
import { clean } from '../../../core/clean.ts';
import { EffectError, exitCodes } from '../../../core/errors.ts';
import { resolve } from '../../../mail/address.ts';
import type { Folder } from '../../../mail/boxes.ts';
import { type Entry, type Filter, listing, passes, type Stage } from '../../../mail/listing.ts';
import { search as searchMail } from '../../../mail/search.ts';
import { everyMessage } from '../../../mail/thread.ts';
import { agentExitCodes } from '../../exits.ts';
import { everybody, openStages, pageOf, read as readOne, seenBy, threadOf } from '../../mail-reading.ts';
import { framed, listOf, summaryOf, treeText, wholeOf } from '../../mail-text.ts';
import { groupNames, type Mailroom, membersOf, openMailroom } from '../../mailroom.ts';
import { table } from '../../table.ts';
import type { Invocation } from '../index.ts';
import { filterOf } from './input.ts';

export async function inbox({ options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  const folder = folderOf(options.folder);
  const filter: Filter = {
    ...filterOf(options),
    ...(options.unread ? { stages: ['new'] } : options.all || folder ? {} : { stages: openStages }),
    ...(options.unacked ? { unacked: true } : {}),
    expired: folder !== undefined,
  };
  const limit = Number(options.limit ?? 20);
  const page = Number(options.page ?? 1);
  const { total, unread, entries } = await pageOf(room, { filter, folder, limit, page });
  if (options.json) {
    const { address } = room;
    console.log(JSON.stringify({ address, total, unread, page, limit, messages: entries.map(summaryOf) }));
  } else if (total === 0) console.log('no mail');
  else {
    console.log(listOf(entries));
    const more = total > page * limit ? `; --page ${page + 1} shows more` : '';
    console.log(`\n${total} messages, ${unread} unread${more}`);
  }
  return exitCodes.ok;
}

export async function count({ options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  const found = (await listing(room.boxes, room.address)).filter((entry) => passes(entry, filterOf(options)));
  const by = (stage: Stage) => found.filter((entry) => entry.stage === stage).length;
  const unacked = found.filter((entry) => passes(entry, { unacked: true })).length;
  const stages = { new: by('new'), taken: by('taken'), seen: by('seen'), acked: by('acked'), done: by('done') };
  if (options.json) console.log(JSON.stringify({ address: room.address, total: found.length, unacked, ...stages }));
  else console.log(`${stages.new} unread, ${unacked} to ack, ${stages.taken} taken, ${found.length} in all`);
  return exitCodes.ok;
}

export async function read({ args: [id = ''], options }: Invocation): Promise<number> {
  const { entry, message } = await readOne(await openMailroom(options), id, { peek: options.peek === true });
  console.log(options.json ? JSON.stringify(wholeOf(entry, message)) : framed(entry, message));
  return exitCodes.ok;
}

export async function thread({ args: [name = ''], options }: Invocation): Promise<number> {
  const { thread, rows } = await threadOf(await openMailroom(options), name);
  const messages = rows.map(({ entry, depth }) => ({ ...summaryOf(entry), depth }));
  if (options.json) console.log(JSON.stringify({ thread, messages }));
  else console.log(treeText(rows));
  return exitCodes.ok;
}

export async function search({ args, options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  // commander gives all words as one value.
  const words = args.flat().filter((each) => each !== undefined);
  const found = await searchMail(room.boxes, await seenBy(room), words, filterOf(options));
  if (options.json) {
    const messages = found.map(({ entry, line }) => ({ ...summaryOf(entry), line: clean(line) }));
    console.log(JSON.stringify({ total: found.length, messages }));
  } else if (found.length > 0) {
    console.log(listOf(found.map(({ entry }) => entry)));
    for (const { entry, line } of found.slice(0, 20))
      if (line) console.log(`\n${clean(entry.heading.subject)}: ${clean(line, { maxLine: 200 }).trim()}`);
  } else console.log('nothing found');
  return found.length > 0 ? exitCodes.ok : agentExitCodes.nothing;
}

export async function outbox({ options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  const sent = (await listing(room.boxes, room.address, 'Sent')).toReversed().slice(0, Number(options.limit ?? 20));
  const boxes = new Map<string, Map<string, Entry>>();
  const stateOf = async (address: string, id: string) => {
    const known = boxes.get(address) ?? new Map(await entriesOf(room, address));
    boxes.set(address, known);
    const entry = known.get(id);
    const { acked = null, seen = null, done = null } = entry?.record ?? {};
    return { address, stage: entry?.stage ?? 'away', seen, acked, done };
  };
  const messages = [];
  for (const entry of sent) {
    const everybody = [...entry.heading.to, ...entry.heading.bcc];
    const to = await Promise.all(everybody.map((address) => stateOf(address, entry.heading.id)));
    messages.push({ entry, to });
  }
  if (options.json)
    console.log(JSON.stringify({ messages: messages.map(({ entry, to }) => ({ ...summaryOf(entry), to })) }));
  else if (messages.length === 0) console.log('nothing sent');
  else {
    const rows = messages.map(({ entry: { heading }, to }) =>
      [
        heading.id.slice(0, 21),
        heading.type === 'note' ? '' : heading.type,
        heading.subject,
        to.map(({ address, stage }) => `${address} ${stage}`).join(', '),
      ].map((cell) => clean(cell).slice(0, 100)),
    );
    console.log(table(['ID', 'Type', 'Subject', 'To'], rows));
  }
  return exitCodes.ok;
}

async function entriesOf({ boxes }: Mailroom, address: string): Promise<[string, Entry][]> {
  return (await everyMessage(boxes, [address])).map((entry) => [entry.heading.id, entry]);
}

export async function who({ options }: Invocation): Promise<number> {
  const people = await everybody(await openMailroom());
  if (options.json) console.log(JSON.stringify({ addresses: people }));
  else
    console.log(
      table(
        ['Address', 'Status'],
        people.map(({ address, status }) => [address, status]),
      ),
    );
  return exitCodes.ok;
}

export async function groups({ options }: Invocation): Promise<number> {
  const room = await openMailroom();
  const named = groupNames.filter((name) => !name.includes('<'));
  const all = await Promise.all(
    named.map(async (name) => ({
      name,
      members: await resolve(
        [name],
        '',
        () => room.boxes.addresses(),
        (group) => membersOf(group, room),
      ),
    })),
  );
  const patterns = groupNames.filter((name) => name.includes('<'));
  if (options.json) console.log(JSON.stringify({ groups: all, patterns }));
  else {
    console.log(
      table(
        ['Group', 'Members'],
        all.map(({ name, members }) => [name, members.join(', ') || '-']),
      ),
    );
    console.log(`\nand by what somebody works on: ${patterns.join(', ')}`);
  }
  return exitCodes.ok;
}

function folderOf(name: unknown): Folder | undefined {
  if (name === undefined) return undefined;
  const found = (['Sent', 'Archive', 'Dead'] as const).find(
    (each) => each.toLowerCase() === String(name).toLowerCase(),
  );
  if (found) return found;
  throw new EffectError({ code: 'bad-header', message: `--folder: ${name} is none`, hint: 'Sent, Archive or Dead' });
}

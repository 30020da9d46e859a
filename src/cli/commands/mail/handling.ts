// `oompa mail take`, `ack`, `done`, `nack`: the steps of a message's life.
import { exitCodes } from '../../../core/errors.ts';
import { mostAttempts } from '../../../mail/life.ts';
import type { Entry } from '../../../mail/listing.ts';
import { agentExitCodes } from '../../exits.ts';
import { messageOf } from '../../mail-actions.ts';
import { bounceTaken } from '../../mail-chores.ts';
import { framed, summaryOf, wholeOf } from '../../mail-text.ts';
import { type Mailroom, openMailroom } from '../../mailroom.ts';
import type { Invocation } from '../index.ts';
import { filterOf } from './input.ts';

export async function take({ args: [id], options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  const { life, address, taker } = room;
  const entry = await life.take(address, taker, {
    ...(id === undefined ? {} : { id }),
    ...(options.for === undefined ? {} : { forMs: Number(options.for) * 1_000 }),
    filter: filterOf(options),
  });
  if (entry) return told(room, entry, options);
  console.error(id === undefined ? 'oompa: no unread mail' : `oompa: ${id} is taken or done already`);
  return agentExitCodes.nothing;
}

async function told(room: Mailroom, entry: Entry, { json }: Readonly<Record<string, unknown>>): Promise<number> {
  const message = await messageOf(room, entry);
  console.log(json ? JSON.stringify(wholeOf(entry, message)) : framed(entry, message));
  return exitCodes.ok;
}

export async function ack({ args: [id = ''], options }: Invocation): Promise<number> {
  const { life, address } = await openMailroom(options);
  return said(await life.ack(address, id), options, 'acked');
}

export async function done({ args: [id = ''], options }: Invocation): Promise<number> {
  const { life, address } = await openMailroom(options);
  return said(await life.finish(address, id), options, 'done');
}

export async function nack({ args: [id = ''], options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  const reason = String(options.reason ?? 'no reason given').slice(0, 500);
  const { entry, dead } = await room.life.giveBack(room.address, id, reason);
  if (dead) await bounceTaken(room, entry, reason);
  return said(entry, options, dead ? `dead after ${mostAttempts} attempts; who sent it is told` : 'given back');
}

function said(entry: Entry, { json }: Readonly<Record<string, unknown>>, how: string): number {
  console.log(json ? JSON.stringify(summaryOf(entry)) : `${entry.heading.id}: ${how}`);
  return exitCodes.ok;
}

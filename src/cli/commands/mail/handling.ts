// `oompa mail take`, `ack`, `done`, `nack`: the steps of a message's life.
import { exitCodes } from '../../../core/errors.ts';
import type { Entry } from '../../../mail/listing.ts';
import { agentExitCodes } from '../../exits.ts';
import { messageOf } from '../../mail-actions.ts';
import { steps, stepText } from '../../mail-steps.ts';
import { framed, summaryOf, wholeOf } from '../../mail-text.ts';
import { type Mailroom, openMailroom } from '../../mailroom.ts';
import type { Invocation } from '../index.ts';
import { asText, filterOf } from './input.ts';

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

const step =
  (name: keyof typeof steps) =>
  async ({ args: [id = ''], options }: Invocation): Promise<number> => {
    const taken = await steps[name](await openMailroom(options), id, asText(options.reason));
    console.log(options.json ? JSON.stringify(summaryOf(taken.entry)) : stepText(taken));
    return exitCodes.ok;
  };

export const ack = step('ack');
export const done = step('done');
export const nack = step('nack');

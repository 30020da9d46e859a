// The steps of a message's life as people and agents take them, and what each comes to in words.
import { tellBounce } from '../mail/keeper.ts';
import { mostAttempts } from '../mail/life.ts';
import type { Entry } from '../mail/listing.ts';
import type { Mailroom } from './mailroom.ts';

type Step = (room: Mailroom, id: string, reason?: string) => Promise<{ entry: Entry; how: string }>;

/** Each throws EffectError `not-found`. */
export const steps = {
  ack: async ({ life, address }, id) => ({ entry: await life.ack(address, id), how: 'acked' }),
  done: async ({ life, address }, id) => ({ entry: await life.finish(address, id), how: 'done' }),
  async nack(room, id, given = 'no reason given') {
    const reason = given.slice(0, 500);
    const { entry, dead } = await room.life.giveBack(room.address, id, reason);
    if (!dead) return { entry, how: 'given back' };
    await tellBounce(room, room.address, entry, reason);
    return { entry, how: `dead after ${mostAttempts} attempts; who sent it is told` };
  },
} as const satisfies Record<string, Step>;

export const stepText = ({ entry, how }: Awaited<ReturnType<Step>>): string => `${entry.heading.id}: ${how}`;

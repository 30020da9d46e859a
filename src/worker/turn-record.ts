// The small durable note of the turn in hand: its attempt, and its answer before that is sent. It makes the answer exactly once.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TurnResult } from '../core/turn.ts';
import { writeAtomic } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';

/**
 * Written before a turn's process starts (`answer` null), and again before its answer is delivered. A runner that finds its unanswered
 * turn here with an answer delivers just that; without one it takes the turn again, as the next attempt.
 */
export const TurnRecord = z.object({
  /** Message-ID of the turn. */
  message: z.string(),
  attempt: z.number().int().positive(),
  answer: TurnResult.nullable(),
});
export type TurnRecord = z.infer<typeof TurnRecord>;

const pathOf = (paths: Paths, worker: string) => join(paths.worker(worker), 'turn.json');

/** The record of this message, or null. One that cannot be read counts as none. */
export async function readTurnRecord(paths: Paths, worker: string, message: string): Promise<TurnRecord | null> {
  const text = await readFile(pathOf(paths, worker), 'utf8').catch(() => '');
  try {
    const record = TurnRecord.parse(JSON.parse(text));
    return record.message === message ? record : null;
  } catch {
    return null;
  }
}

/** Durable when it resolves. */
export async function writeTurnRecord(
  paths: Paths,
  worker: string,
  record: Omit<TurnRecord, 'answer'> & Partial<TurnRecord>,
): Promise<true> {
  await writeAtomic(pathOf(paths, worker), `${JSON.stringify({ answer: null, ...record })}\n`);
  return true;
}

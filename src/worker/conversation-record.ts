// Remembers what a worker's conversation had used by its latest turn, for harnesses that count over the whole conversation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Usage } from '../core/turn.ts';
import { writeAtomic } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';

const ConversationRecord = z.object({ conversation: z.string(), total: Usage });
type ConversationRecord = z.infer<typeof ConversationRecord>;

const pathOf = (paths: Paths, worker: string) => join(paths.worker(worker), 'conversation.json');

/** The total of this conversation; null for a new one, or when it is not known. */
export function readTotal(paths: Paths, worker: string, conversation: string | null): Usage | null {
  if (conversation === null) return null;
  try {
    const record = ConversationRecord.parse(JSON.parse(readFileSync(pathOf(paths, worker), 'utf8')));
    return record.conversation === conversation ? record.total : null;
  } catch {
    return null;
  }
}

/** Without it the next turn counts too much, which is not worth a turn: errors are dropped. */
export async function writeTotal(paths: Paths, worker: string, record: ConversationRecord): Promise<void> {
  await writeAtomic(pathOf(paths, worker), `${JSON.stringify(record)}\n`).catch(() => {});
}

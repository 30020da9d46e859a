// What happened to a message after it came: who has taken it until when, who has acked it, how often it came back. A file a message.
import { readdirSync, readFileSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { errnoOf } from '../core/errors.ts';
import { makeFolder, writeAtomic } from '../disk/durable.ts';

const Taker = z.object({
  /** Who took it, for a person. */
  by: z.string(),
  /** The process whose end gives it back; null when only the deadline does. */
  process: z.object({ pid: z.number().int(), start: z.string(), boot: z.string() }).nullable(),
  /** ISO 8601. */
  at: z.string(),
  until: z.string(),
});

const MailRecord = z.object({
  /** How often it was taken. */
  attempt: z.number().int().default(0),
  taker: Taker.nullable().default(null),
  /** ISO 8601, or null. */
  seen: z.string().nullable().default(null),
  acked: z.string().nullable().default(null),
  done: z.string().nullable().default(null),
  /** Why it came back each time. */
  returns: z.array(z.object({ at: z.string(), reason: z.string() })).default([]),
  /** How often a missing ack was told. */
  reminded: z.number().int().default(0),
});
export type MailRecord = z.infer<typeof MailRecord>;

export const blankRecord: MailRecord = MailRecord.parse({});

const folderOf = (box: string) => join(box, 'oompa-life');

/** The record of a message by the unique name of its file. What cannot be read counts as none: the message itself is the truth. */
export function readRecord(box: string, name: string): MailRecord {
  try {
    return MailRecord.safeParse(JSON.parse(readFileSync(join(folderOf(box), name), 'utf8'))).data ?? blankRecord;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return blankRecord;
    throw error;
  }
}

/** Names of all messages of a mailbox that have a record. */
export function recordedNames(box: string): Set<string> {
  try {
    return new Set(readdirSync(folderOf(box)));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return new Set();
    throw error;
  }
}

export async function writeRecord(box: string, name: string, record: MailRecord, sync: boolean): Promise<void> {
  await makeFolder(folderOf(box));
  await writeAtomic(join(folderOf(box), name), `${JSON.stringify(record)}\n`, { sync });
}

export async function removeRecord(box: string, name: string): Promise<void> {
  await unlink(join(folderOf(box), name)).catch(() => {});
}

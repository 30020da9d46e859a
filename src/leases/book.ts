// The folder that leases are kept in: a file for each lease and ticket, the highest number given out, and the log. Readers need no lock.
import { constants, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as z from 'zod';
import { errnoOf } from '../core/errors.ts';
import { explain, makeFolder, syncFolder, writeAtomic } from '../disk/durable.ts';
import { inSection } from '../disk/lock.ts';
import { isAlive } from '../disk/process.ts';
import { Lease, LogLine, Ticket } from './contract.ts';
import { sound } from './judge.ts';

export interface Page {
  leases: Lease[];
  /** The oldest first; of those who still wait. */
  tickets: Ticket[];
  /** Tickets of those who do not. */
  deserted: Ticket[];
  problems: string[];
}

export type Book = ReturnType<typeof openBook>;

/** Larger files are not ours. */
const mostBytes = 16 * 1024 * 1024;

/** `root`: `.oompa/leases`, made when first written to. `sync: false` gives up durability across a power cut. */
export function openBook(root: string, { sync = true } = {}) {
  const active = join(root, 'active');
  const waiting = join(root, 'waiting');
  const counter = join(root, 'fence');
  const log = join(root, 'log.jsonl');

  const readLog = (from = 0): { lines: LogLine[]; end: number } => {
    const bytes = readOrNothing(log)?.subarray(from) ?? Buffer.alloc(0);
    const whole = bytes.lastIndexOf(10) + 1;
    const texts = bytes.toString('utf8', 0, whole).split('\n');
    return { lines: texts.flatMap((text) => parse(LogLine, text) ?? []), end: from + whole };
  };
  /** Null when the counter is lost or torn. */
  const lastNumber = (): number | null => {
    const text = readOrNothing(counter)?.toString().trim() ?? '';
    return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
  };
  const read = (): Page => {
    const problems: string[] = [];
    const grants = () => readLog().lines.filter(({ change }) => change === 'granted');
    const mend = (number: number, writtenAt: number) => {
      const lease = grants().find((line) => line.lease.fence === number)?.lease;
      if (!lease) return null;
      // It may have been renewed since, when the file was last written at the latest.
      const until = new Date(Math.max(Date.parse(lease.until), writtenAt + lease.ttlMs));
      return { ...lease, until: until.toISOString() };
    };
    const found = readAll(active, Lease, ({ fence }) => fence, problems, mend);
    const { leases, strangers } = sound(found, lastNumber() ?? Number.POSITIVE_INFINITY);
    for (const { fence } of strangers)
      problems.push(`${join(active, `${fence}.json`)} was never granted: it counts for nothing; remove it`);
    const all = readAll(waiting, Ticket, ({ number }) => number, problems);
    const [tickets, deserted] = [all.filter(waits), all.filter((ticket) => !waits(ticket))];
    return { leases, tickets: tickets.sort((a, b) => a.number - b.number), deserted, problems };
  };
  const append = async (line: LogLine) => {
    const handle = await open(
      log,
      constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1, '\n');
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      // What a crash left unfinished stays a line of its own, which nobody can read.
      const text = `${last[0] === 10 ? '' : '\n'}${JSON.stringify(line)}\n`;
      await handle.writeFile(text);
      if (sync) await handle.datasync();
    } catch (error) {
      throw explain(error, `cannot write ${log}`);
    } finally {
      await handle.close();
    }
  };
  const remove = async (file: string) => {
    try {
      await unlink(file);
      if (sync) await syncFolder(dirname(file));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw explain(error, `cannot remove ${file}`);
    }
  };
  const put = (folder: string, number: number, content: object) =>
    writeAtomic(join(folder, `${number}.json`), `${JSON.stringify(content)}\n`, { sync });

  return {
    read,
    readLog,
    /** Whether the disk takes names that differ in case for the same. */
    foldsCase: () => existsSync(root) && existsSync(join(dirname(root), basename(root).toUpperCase())),
    /** Where the log ends, without reading it. */
    logSize: () => lstatSync(log, { throwIfNoEntry: false })?.size ?? 0,
    /** Nobody else writes meanwhile. */
    async section<T>(work: () => Promise<T>): Promise<T> {
      try {
        for (const folder of [active, waiting]) await makeFolder(folder);
        return await inSection(join(root, 'section'), work);
      } catch (error) {
        throw explain(error, `cannot write ${root}`);
      }
    },
    // The rest is for those who are in the section.
    /** The next number; durable before it is used, so that no crash gives it out twice. */
    async number(page: Page): Promise<number> {
      const numbers = [...page.leases.map(({ fence }) => fence), ...page.tickets.map((ticket) => ticket.number)];
      // A counter that is lost is made anew from what carries a number.
      const last = lastNumber() ?? readLog().lines.reduce((most, { lease }) => Math.max(most, lease.fence), 0);
      const next = Math.max(last, ...numbers) + 1;
      await writeAtomic(counter, `${next}\n`, { sync });
      return next;
    },
    async grant(lease: Lease, by: string): Promise<void> {
      await put(active, lease.fence, lease);
      await append({ at: lease.since, change: 'granted', by, why: null, lease });
    },
    change: (lease: Lease) => put(active, lease.fence, lease),
    /** `left`: what stays of it. */
    async end(line: LogLine, left: Lease | null = null): Promise<void> {
      await append(line);
      if (left) await put(active, left.fence, left);
      else await remove(join(active, `${line.lease.fence}.json`));
    },
    /** Removes the drafts of writers that died. */
    async sweep(): Promise<void> {
      for (const folder of [root, active, waiting])
        for (const name of namesIn(folder)) if (isDraft(name)) await remove(join(folder, name));
    },
    enqueue: (ticket: Ticket) => put(waiting, ticket.number, ticket),
    dequeue: (number: number) => remove(join(waiting, `${number}.json`)),
  };
}

function waits({ waiter }: Ticket): boolean {
  return isAlive(waiter);
}

/** The entries of a folder whose name is their number. `mend` gives one back whose file cannot be read. */
function readAll<T>(
  folder: string,
  schema: z.ZodType<T>,
  numberOf: (entry: T) => number,
  problems: string[],
  mend: (number: number, writtenAt: number) => T | null = () => null,
): T[] {
  return namesIn(folder).flatMap((name) => {
    const file = join(folder, name);
    if (isDraft(name)) return [];
    const number = /^[1-9]\d{0,14}\.json$/.test(name) ? Number.parseInt(name, 10) : null;
    const bytes = number === null ? null : readOrNothing(file);
    const entry = bytes && parse(schema, bytes.toString());
    if (entry && numberOf(entry) === number) return [entry];
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (!stat) return [];
    const mended = number === null ? null : mend(number, stat.mtimeMs);
    problems.push(
      `${file} is no file of ours or torn: ${mended ? 'the log says what it held' : 'it counts for nothing; remove it'}`,
    );
    return mended ? [mended] : [];
  });
}

/** What a writer is at, or left when it died. */
function isDraft(name: string): boolean {
  return /^\..*\.tmp$/.test(name);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw explain(error, `cannot read ${folder}`);
  }
}

/** Null for what is missing, or no plain file: a pipe would never end. */
function readOrNothing(file: string): Buffer | null {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || (stat.size > mostBytes && !file.endsWith('.jsonl'))) return null;
  try {
    return readFileSync(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw explain(error, `cannot read ${file}`);
  }
}

function parse<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** One after another: each is a few system calls on the same folder. */
export async function inOrder<T, R>(all: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const each of all) results.push(await work(each));
  return results;
}

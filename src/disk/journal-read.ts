// Reading the journal: whole lines only, each checked in full. A torn tail is nobody's news; a hole in the middle is refused.
import { readFileSync } from 'node:fs';
import { clean } from '../core/clean.ts';
import { errnoOf, exitCodes, messageOf, Refusal } from '../core/errors.ts';
import { Event, JournalLine } from '../core/event.ts';

/**
 * Reads a whole journal; a missing file is an empty one. `healed`: bytes of a torn last line, which are left out (healJournal
 * cuts them off). `end`: offset behind the last whole line, for followJournal. Throws a Refusal that names file and line when
 * a line is broken or its event is unknown.
 */
export function readJournal(path: string): { lines: JournalLine[]; healed: number; end: number } {
  const bytes = readOrEmpty(path);
  const { lines, used } = parseLines(bytes, (index) => `${path}:${index + 1}`);
  return { lines, healed: bytes.length - used, end: used };
}

/**
 * Parses the whole lines of `bytes`. `used`: bytes up to the end of the last of them; a tail without a newline, or a last line that
 * is not JSON, is left. `where` names a line for people, by its index and its offset.
 */
export function parseLines(
  bytes: Buffer,
  where: (index: number, offset: number) => string,
): { lines: JournalLine[]; used: number } {
  const lines: JournalLine[] = [];
  let used = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, used)) {
    const raw = parseJsonLine(bytes.toString('utf8', used, end));
    if ('problem' in raw && end + 1 === bytes.length) break;
    if ('problem' in raw) throw broken(where(lines.length, used), raw.problem);
    const line = JournalLine.safeParse(raw.value);
    if (!line.success) throw wrong(where(lines.length, used), raw.value, line.error.issues[0]);
    lines.push(line.data);
    used = end + 1;
  }
  return { lines, used };
}

function readOrEmpty(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function parseJsonLine(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function broken(where: string, problem: string): Refusal {
  return new Refusal(`${where}: broken journal line: ${clean(problem, { maxLine: 200 })}`, {
    hint: 'something else wrote into this file; restore it from a backup, or start a new swarm',
    exitCode: exitCodes.dataerr,
  });
}

const known: ReadonlySet<string> = new Set(Event.options.map((option) => option.shape.type.value));

interface Issue {
  path: PropertyKey[];
  message: string;
}

function wrong(where: string, value: unknown, issue: Issue | undefined): Refusal {
  const type = (value as { event?: { type?: unknown } } | null)?.event?.type;
  const problem =
    typeof type === 'string' && !known.has(type)
      ? `unknown event "${clean(type, { maxLine: 80 })}"`
      : `${issue?.path.map(String).join('.') || 'line'}: ${issue?.message ?? 'not a journal line'}`;
  return new Refusal(`${where}: ${problem}`, {
    hint: 'this journal was written by another version of oompa: upgrade oompa, or start a new swarm',
    exitCode: exitCodes.dataerr,
  });
}

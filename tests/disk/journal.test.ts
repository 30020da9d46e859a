import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/core/errors.ts';
import type { JournalLine } from '../../src/core/event.ts';
import { healJournal, openJournal } from '../../src/disk/journal.ts';
import { readJournal } from '../../src/disk/journal-read.ts';
import { freshFolder } from './folder.ts';

const line = (seq: number): JournalLine => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  event: { type: 'tasks.claimed', worker: 'w0', claimed: [`täsk-${seq}`], refused: [] },
  effects: [{ type: 'mail.tell', to: 'w0', subject: 'line\nbreak', body: '…', key: `k${seq}` }],
});

const refusalOf = (work: () => unknown): Refusal => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('a journal', () => {
  it('gives back what was appended, over several openings', async () => {
    const path = join(freshFolder(), 'runs', 'x', 'journal.jsonl');
    expect(readJournal(path)).toEqual({ lines: [], healed: 0, end: 0 });
    const first = await openJournal(path);
    await Promise.all([first.append([line(0), line(1)]), first.append([line(2)]), first.append([])]);
    await first.close();
    const second = await openJournal(path);
    expect(second.healed).toBe(0);
    await second.append([line(3)]);
    await second.close();
    expect(readJournal(path)).toEqual({
      lines: [line(0), line(1), line(2), line(3)],
      healed: 0,
      end: readFileSync(path).length,
    });
  });

  it('torn at every byte of the last line: readers leave it out, the writer cuts it off and goes on', async () => {
    const path = join(freshFolder(), 'journal.jsonl');
    const journal = await openJournal(path);
    await journal.append([line(0)]);
    const whole = readFileSync(path).length;
    await journal.append([line(1)]);
    await journal.close();
    const bytes = readFileSync(path);
    for (let cut = whole + 1; cut < bytes.length; cut += 1) {
      for (const ending of [Buffer.alloc(0), Buffer.from('\n')]) {
        const torn = Buffer.concat([bytes.subarray(0, cut), ending]);
        // The last line but its newline, plus a newline, is whole again.
        if (torn.equals(bytes)) continue;
        writeFileSync(path, torn);
        expect(readJournal(path)).toEqual({ lines: [line(0)], healed: torn.length - whole, end: whole });
        expect(await healJournal(path)).toBe(torn.length - whole);
        expect(readFileSync(path).equals(bytes.subarray(0, whole))).toBe(true);
      }
    }
    writeFileSync(path, bytes.subarray(0, -5));
    const healed = await openJournal(path);
    expect(healed.healed).toBe(bytes.length - 5 - whole);
    await healed.append([line(1)]);
    await healed.close();
    expect(readJournal(path).lines).toEqual([line(0), line(1)]);
  });

  it('heals a torn line far longer than a block, and a file that is nothing but one', async () => {
    const path = join(freshFolder(), 'journal.jsonl');
    const whole = `${JSON.stringify(line(0))}\n`;
    writeFileSync(path, `${whole}{"x":"${'y'.repeat(300_000)}`);
    expect(await healJournal(path)).toBe(300_006);
    expect(readFileSync(path, 'utf8')).toBe(whole);
    writeFileSync(path, 'half');
    expect(await healJournal(path)).toBe(4);
    expect(await healJournal(path)).toBe(0);
  });

  it('refuses an unknown event in the middle, naming file and line', async () => {
    const path = join(freshFolder(), 'journal.jsonl');
    const strange = { ...line(1), event: { type: 'moon.landed' } };
    writeFileSync(path, [line(0), strange, line(2)].map((each) => `${JSON.stringify(each)}\n`).join(''));
    const refusal = refusalOf(() => readJournal(path));
    expect(refusal.message).toBe(`${path}:2: unknown event "moon.landed"`);
    expect(refusal.hint).toContain('upgrade');
    expect(refusal.exitCode).toBe(65);
  });

  it.each([
    ['broken JSON', '{"seq":', /:2: broken journal line/],
    ['an empty line', '', /:2: broken journal line/],
    ['a wrong field', JSON.stringify({ ...line(1), seq: -1 }), /:2: seq: /],
    ['a wrong effect', JSON.stringify({ ...line(1), effects: [{ type: 'world.end' }] }), /:2: effects\.0/],
    ['no object', 'null', /:2: /],
  ])('refuses %s in the middle', (_, text, message) => {
    const path = join(freshFolder(), 'journal.jsonl');
    writeFileSync(path, `${JSON.stringify(line(0))}\n${text}\n${JSON.stringify(line(2))}\n`);
    const refusal = refusalOf(() => readJournal(path));
    expect(refusal.message).toMatch(message);
    expect(refusal.exitCode).toBe(65);
  });

  it('is poisoned by a failed append: nothing follows a hole', async () => {
    // /dev/full takes no byte: every write fails with ENOSPC.
    const journal = await openJournal('/dev/full').catch(() => null);
    expect(journal).not.toBeNull();
    const [one, two] = await Promise.allSettled([journal?.append([line(0)]), journal?.append([line(1)])]);
    expect(one).toMatchObject({
      status: 'rejected',
      reason: { code: 'journal-failed', hint: expect.stringContaining('disk is full') },
    });
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'journal-failed' } });
    await expect(journal?.append([line(2)])).rejects.toThrow(/cannot append/);
    await journal?.close();
  });

  it('takes nothing after close', async () => {
    const path = join(freshFolder(), 'journal.jsonl');
    const journal = await openJournal(path);
    await journal.close();
    await expect(journal.append([line(0)])).rejects.toThrow(/closed/);
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('reads 100,000 lines, all of them checked', () => {
    const path = join(freshFolder(), 'journal.jsonl');
    for (let from = 0; from < 100_000; from += 10_000) {
      appendFileSync(path, Array.from({ length: 10_000 }, (_, n) => `${JSON.stringify(line(from + n))}\n`).join(''));
    }
    const { lines } = readJournal(path);
    expect(lines).toHaveLength(100_000);
    expect(lines.at(-1)).toEqual(line(99_999));
  });
});

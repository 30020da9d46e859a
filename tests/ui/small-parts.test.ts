import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Change, Review } from '../../src/core/state.ts';
import { actions } from '../../src/ui/actions/index.ts';
import { ageLabel, spanLabel, untilNextAge } from '../../src/ui/age.ts';
import { diffDocument } from '../../src/ui/documents/diff-document.ts';
import { helpDocument } from '../../src/ui/documents/help-document.ts';
import { edits, emptyLine, insert, type Line, textOf } from '../../src/ui/editor.ts';
import { bytesOf } from '../../src/ui/keymap.ts';
import { panels } from '../../src/ui/layout.ts';
import { createNews } from '../../src/ui/news.ts';
import { changeRow } from '../../src/ui/rows/change-row.ts';
import { modelLabel, workerRow } from '../../src/ui/rows/worker-row.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { ago, makeChange, makeWorker, sha, start } from './fixtures.ts';

describe('the table of actions', () => {
  it('gives every key one meaning in every panel', () => {
    for (const place of [...panels, 'message'] as const) {
      const here = actions.filter(({ where }) => !where || where.includes(place)).flatMap(({ keys }) => keys);
      expect(here.filter((key, at) => here.indexOf(key) !== at)).toEqual([]);
    }
  });

  it('is the help, whole', () => {
    const text = helpDocument(createTheme({ unicode: true, colour: true }))
      .rows.map((row) => row.text)
      .join('\n');
    for (const { help } of actions) expect(text).toContain(help);
  });

  it('has ids of its own', () => {
    expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
  });
});

describe('the editor', () => {
  const line = (text: string, steps = ''): Line =>
    [...steps].reduce((each) => edits.left?.(each) ?? each, insert(emptyLine, text));
  const shown = ({ before, after }: Line) => `${before.join('')}|${after.join('')}`;

  it('edits at the cursor, a wide character at a time', () => {
    expect(shown(line('日本語', '<'))).toBe('日本|語');
    expect(shown(insert(line('ac', '<'), 'b'))).toBe('ab|c');
    expect(shown(edits.backspace?.(line('日本', '<')) ?? emptyLine)).toBe('|本');
    expect(shown(edits.delete?.(line('ab', '<<')) ?? emptyLine)).toBe('|b');
    expect(shown(edits['ctrl-u']?.(line('abc', '<')) ?? emptyLine)).toBe('|c');
    expect(shown(edits['ctrl-k']?.(line('abc', '<')) ?? emptyLine)).toBe('ab|');
    expect(shown(edits['ctrl-w']?.(line('one two ')) ?? emptyLine)).toBe('one |');
    expect(shown(edits.home?.(line('abc')) ?? emptyLine)).toBe('|abc');
    expect(shown(edits.end?.(line('abc', '<<<')) ?? emptyLine)).toBe('abc|');
  });

  it('stays as it is at its ends', () => {
    for (const edit of Object.values(edits)) expect(textOf(edit(emptyLine))).toBe('');
    expect(shown(edits.left?.(line('a', '<')) ?? emptyLine)).toBe('|a');
    expect(shown(edits.right?.(line('a')) ?? emptyLine)).toBe('a|');
  });

  it('takes pasted text as one harmless line, and not without end', () => {
    expect(textOf(insert(emptyLine, 'a\r\nb\x1b[31mc\x07'))).toBe('a bc');
    expect(textOf(insert(emptyLine, 'x'.repeat(9_000))).length).toBe(2_000);
  });
});

describe('ages', () => {
  it('read as people say them', () => {
    expect(
      [0, 14, 59, 60, 125, 3_599, 3_600, 86_399, 86_400, 1e6].map((seconds) => ageLabel(ago(seconds), start)),
    ).toEqual(['0s', '14s', '59s', '1m', '2m', '59m', '1h', '23h', '1d', '11d']);
    expect(ageLabel(ago(-5), start)).toBe('0s');
    expect([ageLabel(null, start), ageLabel('', start), ageLabel('soon', start)]).toEqual(['', '', '']);
    expect([400, 3_240, 12_000, 200_000].map(spanLabel)).toEqual(['0.4s', '3.2s', '12s', '3m']);
  });

  it('change when they are said to, not before', () => {
    for (const seconds of [0, 5, 59, 61, 3_599, 3_700, 90_000]) {
      const since = ago(seconds);
      const wait = untilNextAge(since, start);
      expect(ageLabel(since, start + wait - 1)).toBe(ageLabel(since, start));
      expect(ageLabel(since, start + wait)).not.toBe(ageLabel(since, start));
    }
    expect(untilNextAge('soon', start)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('news', () => {
  afterEach(() => vi.useRealTimers());

  it('comes at once when it was quiet, then together, ten times a second', () => {
    vi.useFakeTimers();
    const delivered: number[][] = [];
    const news = createNews<{ list: number[] }>((change) => delivered.push(change({ list: [] }).list ?? []));
    const add = (each: number) => news.tell(({ list }) => ({ list: [...list, each] }));
    add(1);
    expect(delivered).toEqual([[1]]);
    add(2);
    add(3);
    expect(delivered).toEqual([[1]]);
    vi.advanceTimersByTime(100);
    expect(delivered).toEqual([[1], [2, 3]]);
    vi.advanceTimersByTime(1_000);
    add(4);
    expect(delivered).toEqual([[1], [2, 3], [4]]);
    news.stop();
    add(5);
    vi.advanceTimersByTime(1_000);
    expect(delivered).toHaveLength(3);
  });
});

describe('labels', () => {
  it('name the model, or the program of a command', () => {
    expect(
      [
        'claude:opus:high',
        'codex',
        'command:node /opt/a/agent.mjs --fast',
        'command:./my-agent.sh',
        'command:cat',
        'command:"/opt/bin/node" "/a b/agent.mjs"',
      ].map(modelLabel),
    ).toEqual(['claude:opus', 'codex', 'command:agent.mjs', 'command:my-agent.sh', 'command:cat', 'command:agent.mjs']);
  });

  it('turn keys into the bytes of a terminal', () => {
    const names = ['up', 'enter', 'ctrl-c', 'ctrl-[', 'alt-f', 'shift-tab', 'backspace'];
    expect(names.map((name) => bytesOf({ name, text: '' }))).toEqual([
      '\x1b[A',
      '\r',
      '\x03',
      '\x1b',
      '\x1bf',
      '\x1b[Z',
      '\x7f',
    ]);
    expect(bytesOf({ name: 'é', text: 'é' })).toBe('é');
  });
});

describe('who reviewed', () => {
  const theme = createTheme({ unicode: true, colour: false });
  const textOfDiff = (change: Change) => diffDocument(change, undefined, 80, theme).rows.map(({ text }) => text.trim());
  const review: Review = {
    verdict: 'approved',
    by: 'r0',
    said: 'Tried it.\n\nVERDICT: APPROVED',
    failed: [],
    silent: 0,
  };

  it('stands in the diff with its words, on the screen of who approves', () => {
    expect(textOfDiff(makeChange(1, { review }))).toEqual(expect.arrayContaining(['✓ approved by r0', 'Tried it.']));
    expect(textOfDiff(makeChange(1)).join()).not.toContain('approved by');
  });

  it('or that nobody did, and why, also in the list', () => {
    const change = makeChange(1, {
      review: { ...review, verdict: null, by: null, said: '', failed: [{ by: 'r0', why: 'is failed' }] },
    });
    expect(textOfDiff(change)).toContain('✗ not reviewed: r0 is failed');
    const row = changeRow(change, { now: start, isSent: false, idWidth: 2 }, 90, theme, 'none');
    expect(row).toContain('task-1 · not reviewed');
  });

  it('and what each seat is about, in the list of workers', () => {
    const row = (patch: Parameters<typeof makeWorker>[1]) =>
      workerRow(
        { worker: makeWorker('r0', patch), live: undefined, progress: undefined, now: start, idWidth: 2 },
        100,
        theme,
        'none',
      );
    const turn = { id: 'r0-t1', kind: 'review' as const, note: '', sentAt: ago(1), review: sha(1) };
    expect(row({ seat: 'reviewer', status: 'working', turn })).toContain(`reviews ${sha(1).slice(0, 7)}`);
    expect(row({ seat: 'reviewer' })).toContain(' reviewer ');
    expect(row({ seat: 'planner' })).toContain(' planner ');
  });
});

// What every pane backend must do. A backend that cannot be asked something says why.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PaneBackend, PaneSpec } from '../../src/panes/contract.ts';
import { argv } from './programs.ts';
import { isRunning } from './tmux-swarm.ts';
import { until } from './until.ts';

export interface Conforming {
  /** A backend; `folder` is a fresh private folder. Asked twice for one folder: the second sees what the first left. */
  make(folder: string): PaneBackend;
  /** Whether programs are real processes, or why not. */
  processes: true | string;
}

export function conformance(name: string, { make, processes }: Conforming): void {
  const real = processes === true;
  const because = real ? '' : ` (skipped: ${processes})`;

  describe(`a pane backend: ${name}`, () => {
    let folder: string;
    let panes: PaneBackend;
    const spec = (key: string, words: readonly string[], more: Partial<PaneSpec> = {}): PaneSpec => ({
      key,
      argv: words,
      cwd: folder,
      env: {},
      title: key,
      ...more,
    });
    const paneOf = async (key: string) => (await panes.list()).find((pane) => pane.key === key);
    const ended = (key: string) => until(async () => ((await paneOf(key))?.alive === false ? paneOf(key) : null));
    const shows = (key: string, text: string) =>
      until(
        async () => (await panes.capture(key))?.rows.some((row) => row.includes(text)),
        25_000,
        async () => (await panes.capture(key))?.rows,
      );

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'oompa-panes-'));
      panes = make(folder);
    });
    afterEach(async () => {
      await panes.destroy();
      rmSync(folder, { recursive: true, force: true });
    });

    test('has no panes at first', async () => {
      expect(await panes.list()).toEqual([]);
      expect(await panes.capture('w0')).toBeNull();
    });

    test('opens a pane and lists it', async () => {
      const opened = await panes.open(spec('w0', argv.sleeps));
      expect(opened).toMatchObject({ key: 'w0', alive: true, exit: null });
      expect(await panes.list()).toEqual([opened]);
      if (real) expect(isRunning(opened.pid ?? 0)).toBe(true);
    });

    test('opens a key once, however often it is asked', async () => {
      const opened = await Promise.all(Array.from({ length: 5 }, () => panes.open(spec('w0', argv.sleeps))));
      expect(new Set(opened.map((pane) => pane.id)).size).toBe(1);
      expect(await panes.open(spec('w0', argv.exits(1)))).toEqual(opened[0]);
      expect(await panes.list()).toHaveLength(1);
    });

    test('keeps keys apart, also those that tmux would read as something else', async () => {
      const keys = ['w0', 'w-1', 'w.2', 'w_3', '4'];
      for (const key of keys) await panes.open(spec(key, argv.prints(`I am ${key}!`)));
      expect((await panes.list()).map((pane) => pane.key).sort()).toEqual([...keys].sort());
      for (const key of keys) await shows(key, `I am ${key}!`);
    });

    test('replaces a dead pane by a new incarnation', async () => {
      const first = await panes.open(spec('w0', argv.exits(1)));
      await ended('w0');
      const second = await panes.open(spec('w0', argv.sleeps));
      expect(second).toMatchObject({ alive: true, exit: null });
      expect(second.id).not.toBe(first.id);
      expect(await panes.list()).toEqual([second]);
    });

    for (const how of [0, 3, 'SIGTERM', 'SIGKILL'] as const) {
      const exit = typeof how === 'number' ? { code: how, signal: null } : { code: null, signal: how };
      test(`knows how a program ended that ended at once: ${how}, 30 of 30`, async () => {
        const keys = Array.from({ length: 30 }, (_, index) => `w${index}`);
        await Promise.all(keys.map((key) => panes.open(spec(key, argv.exits(how)))));
        const all = await until(async () => {
          const list = await panes.list();
          return list.every((pane) => !pane.alive) ? list : null;
        });
        expect(all).toHaveLength(30);
        for (const pane of all) expect(pane).toMatchObject({ alive: false, pid: null, exit });
      }, 120_000);
    }

    test('refuses a folder that is gone', async () => {
      const gone = panes.open(spec('w0', argv.sleeps, { cwd: join(folder, 'gone') }));
      await expect(gone).rejects.toMatchObject({ code: 'no-cwd', hint: expect.any(String) });
      expect(await panes.list()).toEqual([]);
    });

    test.skipIf(!real)(`refuses a program that is not there${because}`, async () => {
      for (const program of ['no-such-program', './no-such-program', folder]) {
        await expect(panes.open(spec('w0', [program]))).rejects.toMatchObject({ code: 'spawn-failed' });
      }
      expect(await panes.list()).toEqual([]);
    });

    test('refuses a key that is no id', async () => {
      for (const key of ['', 'W0', '../w0', 'a b', 'x;kill-server']) {
        await expect(panes.open(spec(key, argv.sleeps))).rejects.toMatchObject({ code: 'bad-spec' });
      }
    });

    test.skipIf(!real)(
      `gives the program its arguments, folder and environment, and no other secrets${because}`,
      async () => {
        process.env.OOMPA_TEST_SECRET = 'hidden';
        const odd = `a b;c 'd' "e" $HOME #{pane_id} #(id) ~ \\ ü\nend\\`;
        const report = join(folder, 'report.json');
        const code = `require('fs').writeFileSync(process.argv[1], JSON.stringify({argv: process.argv.slice(2), env: process.env, cwd: process.cwd(), tty: process.stdin.isTTY === true && process.stdout.isTTY === true}))`;
        const env = { ODD: odd, PATH: `${process.env.PATH}:/odd`, TERM: 'nonsense' };
        await panes.open(spec('first', argv.sleeps, { env: { ODD: 'of another', OTHER: 'of another' } }));
        const words = [process.execPath, '-e', code, report, odd, '', ';', '-t', '#{pane_id}'];
        await panes.open(spec('w0', words, { env, title: '#(touch canary) #{pane_id} ;' }));
        expect((await ended('w0')).exit).toEqual({ code: 0, signal: null });
        const seen = JSON.parse(readFileSync(report, 'utf8'));
        expect(seen).toMatchObject({ argv: [odd, '', ';', '-t', '#{pane_id}'], cwd: folder, tty: true });
        expect(seen.env).toMatchObject({ ODD: odd, PATH: env.PATH, PWD: folder });
        expect(seen.env.TERM).not.toBe('nonsense');
        expect(seen.env.OTHER).toBeUndefined();
        expect(seen.env.OOMPA_TEST_SECRET).toBeUndefined();
      },
    );

    test('shows text and colour, each row complete', async () => {
      await panes.open(spec('w0', argv.prints('\x1b[1;31mred\nstill\x1b[0m plain ünï 漢字\r\n\n  end')));
      await shows('w0', 'end');
      const rows = (await panes.capture('w0'))?.rows ?? [];
      expect(rows[0]).toMatch(/^(?:\x1b\[[\d;]*m)*\x1b\[[\d;]*31m(?:\x1b\[[\d;]*m)*red(?:\x1b\[0?m)+$/);
      expect(rows[1]).toMatch(
        /^(?:\x1b\[[\d;]*m)*\x1b\[[\d;]*31m(?:\x1b\[[\d;]*m)*still(?:\x1b\[[\d;]*m)+ plain ünï 漢字(?:\x1b\[0?m)?$/,
      );
      expect(rows[2]).toBe('');
      expect(rows[3]).toBe('  end');
    });

    test('shows nothing but text and colour of a hostile program', async () => {
      const hostile = [
        '\x1b]52;c;aGVsbG8=\x07',
        '\x1b]0;title\x07',
        '\x1b]8;;file:///etc\x1b\\link\x1b]8;;\x1b\\',
        '\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\',
        '\x1b[6n\x1b[c',
        'bidi\u202eevil\u2066',
        '\x1b[38;2;1;2;3mtrue colour\x1b[0m',
        '\x1b(0lqk\x1b(B',
        'end',
      ];
      await panes.open(spec('w0', argv.prints(hostile.join('\r\n'))));
      await shows('w0', 'end');
      const text = (await panes.capture('w0'))?.rows.join('\n') ?? '';
      expect(text.replace(/\x1b\[[\d;:]*m/g, '')).not.toMatch(
        /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/,
      );
      expect(text).toContain('link');
      expect(text).toContain('38;2;1;2;3');
    });

    test('shows the size it was given', async () => {
      await panes.open(spec('w0', argv.sleeps));
      await panes.resize('w0', 91, 17);
      const screen = await until(async () => {
        const now = await panes.capture('w0');
        return now?.cols === 91 ? now : null;
      });
      expect(screen.rows).toHaveLength(17);
      // A preview has one size: later panes start with it.
      await panes.open(spec('w1', argv.sleeps));
      expect(await panes.capture('w1')).toMatchObject({ cols: 91, rows: { length: 17 } });
    });

    test('types text byte for byte', async () => {
      const file = join(folder, 'typed');
      writeFileSync(file, '');
      await panes.open(spec('w0', argv.records(file)));
      await shows('w0', 'ready');
      let expected = '';
      const send = async (text: string) => {
        expected += text;
        await panes.type('w0', text);
      };
      for (const text of traps) await send(text);
      await send(`${'x'.repeat(30_000)}\n${'ü漢😀'.repeat(10_000)}`);
      const words = fc.string({
        unit: fc.oneof(
          fc.constantFrom(...'\n\t;#{}$()~\\\'"%-`!* '),
          fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
        ),
      });
      for (const text of fc.sample(words, { numRuns: 300, seed: 7 }))
        await send(text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, ''));
      await until(
        () => readFileSync(file).length >= Buffer.byteLength(expected),
        60_000,
        () => readFileSync(file).length,
      );
      expect(readFileSync(file, 'utf8')).toBe(expected);
    }, 120_000);

    test('types no control characters', async () => {
      const file = join(folder, 'typed');
      writeFileSync(file, '');
      await panes.open(spec('w0', argv.records(file)));
      await shows('w0', 'ready');
      await panes.type('w0', 'a\x1b[201~b\x03\x04\x7fc\u009bd\r\ne\ud800.');
      await until(() => readFileSync(file, 'utf8').endsWith('.'));
      expect(readFileSync(file, 'utf8')).toBe('a[201~bcd\ne\ufffd.');
    });

    test.skipIf(!real)(`types as a bracketed paste where the program asked for it${because}`, async () => {
      const file = join(folder, 'typed');
      writeFileSync(file, '');
      await panes.open(spec('w0', argv.records(file, 'paste')));
      await shows('w0', 'ready');
      await panes.type('w0', 'one\ntwo');
      await panes.press('w0', 'Enter');
      await until(() => readFileSync(file, 'utf8').endsWith('\r'));
      expect(readFileSync(file, 'utf8')).toBe('\x1b[200~one\ntwo\x1b[201~\r');
    });

    test('presses keys, and knows which there are', async () => {
      const file = join(folder, 'typed');
      writeFileSync(file, '');
      await panes.open(spec('w0', argv.records(file)));
      await shows('w0', 'ready');
      const keys = {
        Enter: '\r',
        Escape: '\x1b',
        'C-c': '\x03',
        Up: '\x1b[A',
        a: 'a',
        ';': ';',
        $: '$',
        Space: ' ',
        'M-x': '\x1bx',
        Tab: '\t',
        PageUp: '\x1b[5~',
      };
      for (const name of Object.keys(keys)) await panes.press('w0', name);
      const expected = Object.values(keys).join('');
      await until(() => readFileSync(file, 'utf8').length >= expected.length);
      expect(readFileSync(file, 'utf8')).toBe(expected);
      for (const name of ['', 'kill-server', 'Enter;', '\x03', 'ab']) {
        await expect(panes.press('w0', name)).rejects.toMatchObject({ code: 'bad-key' });
      }
    });

    test('says so when there is no pane to type into', async () => {
      await expect(panes.type('w0', 'x')).rejects.toMatchObject({ code: 'pane-gone' });
      await panes.open(spec('w0', argv.exits(0)));
      await ended('w0');
      await expect(panes.press('w0', 'Enter')).rejects.toMatchObject({ code: 'pane-gone' });
      await expect(panes.attach('w0')).rejects.toMatchObject({ code: 'pane-gone' });
    });

    test('closes a pane, and again, and one that never was', async () => {
      const { pid } = await panes.open(spec('w0', argv.sleeps));
      await panes.open(spec('w1', argv.sleeps));
      await Promise.all([panes.close('w0'), panes.close('w0')]);
      await panes.close('w0');
      await panes.close('never');
      expect((await panes.list()).map((pane) => pane.key)).toEqual(['w1']);
      expect(await panes.capture('w0')).toBeNull();
      if (real) expect(isRunning(pid ?? 0)).toBe(false);
    });

    test('ends a program that does not want to', async () => {
      const { pid } = await panes.open(spec('w0', argv.ignoresTerm));
      await shows('w0', 'ready');
      await panes.close('w0', { graceMs: 50 });
      expect(await panes.list()).toEqual([]);
      if (real) expect(isRunning(pid ?? 0)).toBe(false);
    });

    test('hints when a program ends', async () => {
      let hints = 0;
      const unsubscribe = panes.onHint(() => {
        hints += 1;
      });
      await panes.open(spec('w0', argv.prints('here')));
      await shows('w0', 'here');
      hints = 0;
      await panes.open(spec('w1', argv.exits(0)));
      await until(() => hints > 0);
      unsubscribe();
    });

    test('keeps panes when it lets go, or ends them, as it promised', async () => {
      const opened = await panes.open(spec('w0', argv.prints('still here')));
      await shows('w0', 'still here');
      await panes.release();
      const again = make(folder);
      if (panes.durable) {
        expect(await again.list()).toEqual([opened]);
        expect(await again.open(spec('w0', argv.exits(1)))).toEqual(opened);
        expect((await again.capture('w0'))?.rows[0]).toBe('still here');
        await again.release();
      } else {
        expect(await again.list()).toEqual([]);
        expect(await panes.list()).toEqual([]);
        if (real) expect(isRunning(opened.pid ?? 0)).toBe(false);
      }
    });

    test.skipIf(!real)(`leaves no grandchild behind${because}`, async () => {
      const script = `
        sleep 1001 & echo $! >> pids
        nohup sleep 1001 > /dev/null 2>&1 & echo $! >> pids
        setsid sh -c 'echo $$ >> pids; exec sleep 1001' < /dev/null > /dev/null 2>&1 &
        (setsid sh -c 'echo $$ >> pids; trap "" TERM HUP; while :; do sleep 1; done' > /dev/null 2>&1 &)
        env -u OOMPA_PANE setsid sh -c 'echo $$ >> pids; exec sleep 1001' > /dev/null 2>&1 &
        echo started
        wait`;
      const pids = () => readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);
      const stranger = await import('node:child_process').then(({ spawn }) =>
        spawn('sleep', ['1001'], { cwd: folder }),
      );
      await panes.open(spec('w0', ['sh', '-c', script]));
      await shows('w0', 'started');
      await until(() => pids().length === 5);
      await panes.close('w0', { graceMs: 1_000 });
      for (const pid of pids()) expect(isRunning(pid), `process ${pid}`).toBe(false);
      expect(isRunning(stranger.pid ?? 0)).toBe(true);
      stranger.kill('SIGKILL');
    });

    test.skipIf(!real)(`knows that a program ended although a grandchild holds its terminal${because}`, async () => {
      await panes.open(spec('w0', ['sh', '-c', 'nohup sleep 1001 & exit 5']));
      expect((await ended('w0')).exit).toEqual({ code: 5, signal: null });
    });

    test.skipIf(!real)(`survives bytes that are no text${because}`, async () => {
      const program = String.raw`printf 'a\377\376\200b\n\303\n'; printf '\303'; sleep 0.05; printf '\274 whole\n'; exec sleep 1000`;
      await panes.open(spec('w0', ['sh', '-c', program]));
      await shows('w0', 'ü whole');
      const rows = (await panes.capture('w0'))?.rows ?? [];
      expect(rows.join('\n')).toMatch(/^a.*b/);
      expect(rows.join('\n').isWellFormed()).toBe(true);
    });

    test.skipIf(!real)(
      `bears 200 MB of output in bounded memory${because}`,
      async () => {
        const before = process.memoryUsage().rss;
        let most = 0;
        const watch = setInterval(() => {
          most = Math.max(most, process.memoryUsage().rss);
        }, 20);
        await panes.open(
          spec('w0', [
            'sh',
            '-c',
            'yes 0123456789abcdefghijklmnopqrstuvwxyz | head -c 200000000; echo; echo all done; exec sleep 1000',
          ]),
        );
        await until(async () => (await panes.capture('w0'))?.rows.some((row) => row === 'all done'), 170_000);
        clearInterval(watch);
        expect(most - before).toBeLessThan(100e6);
      },
      180_000,
    );
  });
}

const traps = [
  ';',
  'a;',
  'a ; kill-server',
  '\\',
  'end\\',
  '$(touch x)',
  '`id`',
  '#{pane_id}',
  '#(id)',
  '~',
  '~root',
  '%0',
  '%if',
  '-t',
  '--',
  '"',
  "'",
  '\n',
  '\n\n\t\n',
  'Enter',
  'C-c',
  '{',
  '}',
  '$' + '{HOME}',
  '\u{1f600}é漢',
  '%end 1 1 1',
];

// The parts of the interactive drive that need no harness: a person's draft, notes and their answers, lines of a growing file.
import { execFile, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hookCommand } from '../../src/harnesses/hook.ts';
import { type DropBox, makeDropBox } from '../../src/worker/interactive/drop-box.ts';
import { createKeyboard } from '../../src/worker/interactive/keyboard.ts';
import { createTail } from '../../src/worker/interactive/tail.ts';
import { until } from './workplace.ts';

const run = promisify(execFile);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'oompa-drop-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('a person at the keyboard', () => {
  const draftAfter = (...keys: string[]) => {
    const keyboard = createKeyboard();
    for (const each of keys) keyboard.typed(each);
    return keyboard.draft;
  };

  test.each([
    ['text', true, 'fix it'],
    ['text that is sent', false, 'fix it\r'],
    ['text that is cleared', false, 'fix it\x03'],
    ['text that is cleared by line', false, 'fix it\x15'],
    ['a new line by backslash', true, 'fix it\\\r'],
    ['a new line by Alt', true, 'fix it\x1b\r'],
    ['a paste, whatever is in it', true, '\x1b[200~one\rtwo\x1b[201~'],
    ['cursor keys', false, '\x1b[A\x1bOB\x1b[1;5C'],
    ['answers of the terminal', false, '\x1b[?62;22c\x1b]11;rgb:0000/0000/0000\x1b\\\x1bP1+r544e\x1b\\'],
    ['the mouse and the focus', false, '\x1b[<0;10;20M\x1b[I'],
  ])('%s: %s', (_, draft, keys) => {
    expect(draftAfter(keys)).toBe(draft);
  });

  test('a prompt that was taken leaves no draft', () => {
    const keyboard = createKeyboard();
    keyboard.typed('half');
    keyboard.sent();
    expect(keyboard.draft).toBe(false);
  });

  test('what the terminal says is never a person, however it is made and wherever it is cut', () => {
    const parameters = fc.stringMatching(/^[0-9;?]{0,12}$/);
    const answer = fc.oneof(
      parameters.map((text) => `\x1b[${text}c`),
      parameters.map((text) => `\x1b]11;rgb:${text}\x1b\\`),
      parameters.map((text) => `\x1bP>|tmux ${text}\x1b\\`),
    );
    fc.assert(
      fc.property(fc.array(answer), fc.array(fc.nat(60), { maxLength: 6 }), (answers, cuts) => {
        const keyboard = createKeyboard();
        const bytes = answers.join('');
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const typed = places.slice(1).map((place, at) => keyboard.typed(bytes.slice(places[at], place)));
        return !typed.includes(true) && !keyboard.draft && keyboard.typedAt === Number.NEGATIVE_INFINITY;
      }),
    );
  });
});

describe('the drop box', () => {
  const drop = (box: DropBox, name: string, body: string, waits = false) => {
    const child = spawn('sh', ['-c', hookCommand(box.hook, name, waits)], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(body);
    const done = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { printed: text(child.stdout), done };
  };

  test('holds notes whole and in order, and is empty after they were read', async () => {
    const box = await makeDropBox(join(folder(), 'h o o k s'));
    for (const [name, n] of [
      ['One', 1],
      ['Two', 2],
      ['Two', 3],
    ] as const)
      await drop(box, name, JSON.stringify({ n, text: 'x'.repeat(300_000) })).done;
    expect((await box.read()).map(({ name, body }) => [name, (body as { n: number }).n])).toEqual([
      ['One', 1],
      ['Two', 2],
      ['Two', 3],
    ]);
    expect(await box.read()).toEqual([]);
    expect(await readdir(join(box.folder, 'tmp'))).toEqual([]);
  });

  test('drops what is no note', async () => {
    const box = await makeDropBox(folder());
    writeFileSync(join(box.folder, 'notes', 'stranger'), '{}');
    writeFileSync(join(box.folder, 'notes', '1-1.Broken'), '{"cut');
    writeFileSync(join(box.folder, 'notes', '2-1.List'), '[1]x');
    expect(await box.read()).toEqual([]);
    expect(await readdir(join(box.folder, 'notes'))).toEqual([]);
  });

  test.each([
    ['{"ok":"$(id) `id` \\"q\\""}', '{"ok":"$(id) `id` \\"q\\""}\n'],
    ['', ''],
  ])('a hook that waits prints the line that it is given: %j', async (line, printed) => {
    const box = await makeDropBox(folder());
    const hook = drop(box, 'Ask', '{}', true);
    const [note] = await until(async () => {
      const notes = await box.read();
      return notes.length > 0 ? notes : null;
    });
    await box.answer(note?.id ?? '', line);
    expect(await hook.printed).toBe(printed);
    expect(await hook.done).toBe(0);
    expect(await readdir(join(box.folder, 'asks'))).toEqual([]);
  });

  test('an answer that nobody waits for is no error, and no id leads out of the box', async () => {
    const box = await makeDropBox(folder());
    await box.answer('17-1', 'x');
    await box.answer('../notes', 'x');
    expect(await box.read()).toEqual([]);
    const { stdout } = await run('ls', [box.folder]);
    expect(stdout.split('\n').filter(Boolean)).toEqual(['asks', 'hook', 'notes', 'tmp']);
  });
});

test('a tail gives whole lines, each once, and begins anew with a file that was cut', async () => {
  const path = join(folder(), 'file');
  const tail = createTail(path);
  expect(await tail.read()).toEqual([]);
  writeFileSync(path, 'one\ntw');
  expect(await tail.read()).toEqual(['one']);
  appendFileSync(path, `o\n${'x'.repeat(600_000)}\nthree`);
  expect((await tail.read()).map((line) => line.slice(0, 3))).toEqual(['two', 'xxx']);
  appendFileSync(path, '\n');
  expect(await tail.read()).toEqual(['three']);
  writeFileSync(path, 'new\n');
  expect(await tail.read()).toEqual(['new']);
});

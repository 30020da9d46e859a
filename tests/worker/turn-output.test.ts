// What the events of a harness other than `command` become: a reader that speaks JSON lines stands for the vendors' CLIs.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { WorkerLive } from '../../src/core/turn.ts';
import type { HarnessEvent, HarnessReader } from '../../src/harnesses/contract.ts';
import { createDrawing } from '../../src/worker/drawing.ts';
import { startHarness } from '../../src/worker/harness-process.ts';
import { createScreen } from '../../src/worker/screen.ts';
import { createStatus } from '../../src/worker/status.ts';
import { createTranscript, type TranscriptEntry } from '../../src/worker/transcript.ts';
import { createTurnOutput } from '../../src/worker/turn-output.ts';

const jsonReader = { read: (line: string) => [JSON.parse(line) as HarnessEvent] };

async function createOutput(reader: HarnessReader = jsonReader, { markdown = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'oompa-output-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pane = new PassThrough();
  const transcript = createTranscript(join(folder, 'transcript.jsonl'));
  const status = createStatus(join(folder, 'status.json'), 'w0');
  const over: boolean[] = [];
  const onOver = (each: boolean) => {
    over.push(each);
  };
  const screen = createScreen(pane, { colour: false });
  const drawing = createDrawing(screen);
  const show = (entry: TranscriptEntry) => {
    transcript.write(entry);
    drawing.draw(entry);
  };
  const loadMarkdown = markdown ? drawing.loadMarkdown : null;
  const output = createTurnOutput({ reader, loadMarkdown, show, screen, transcript, status, onOver });
  return {
    output,
    print: (...events: object[]) =>
      output.stdout(Buffer.from(events.map((each) => `${JSON.stringify(each)}\n`).join(''))),
    async end(code = 0) {
      const facts = output.finish({ by: 'exit', code, spawnError: null });
      pane.end();
      await Promise.all([transcript.flush(), status.flush()]);
      const lines = (await readFile(join(folder, 'transcript.jsonl'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const raw = lines.filter(({ type }) => type === 'raw').map(({ line }) => line);
      const live = WorkerLive.parse(JSON.parse(await readFile(join(folder, 'status.json'), 'utf8')));
      return {
        ...facts,
        over,
        shown: await text(pane),
        raw,
        transcript: lines.filter(({ type }) => type !== 'raw'),
        live,
      };
    },
  };
}

test('text, tools, conversation, usage, error and end', async () => {
  const { print, end } = await createOutput();
  const usage = { inputTokens: 10, outputTokens: 2, costUsd: 0.5 };
  await print(
    { type: 'conversation', id: 'c-1' },
    { type: 'text', text: 'I shall look.\nNow.' },
    { type: 'tool', id: '1', phase: 'started', summary: 'read \u001b]0;x\u0007a.ts', ok: null },
    { type: 'tool', id: '1', phase: 'ended', summary: 'read a.ts', ok: true },
    { type: 'tool', id: '2', phase: 'ended', summary: 'npm test', ok: false },
    { type: 'tool', id: '3', phase: 'started', summary: 'edit b.ts +1 -1', ok: null, diff: '-old\n+\u001b[31mnew' },
    { type: 'notice', text: 'trying again' },
    { type: 'usage', usage },
    { type: 'error', class: 'rate_limit', message: 'slow\u001b[2J down', resetAt: '2030-01-01T00:00:00Z' },
    { type: 'ended' },
  );
  const seen = await end();
  expect(seen.shown).toBe(
    'I shall look.\nNow.\n> read a.ts\nx npm test failed\n> edit b.ts +1 -1\n  -old\n  +new\n! trying again\n! rate_limit: slow down (until 2030-01-01T00:00:00Z)\n',
  );
  expect(seen).toMatchObject({ said: 'I shall look.\nNow.', conversation: 'c-1', usage, over: [true] });
  expect(seen.error).toEqual({ class: 'rate_limit', message: 'slow down', resetAt: '2030-01-01T00:00:00Z' });
  expect(seen.live.lastLine).toBe('trying again');
  expect(JSON.parse(seen.raw[0])).toEqual({ type: 'conversation', id: 'c-1' });
  expect(seen.raw).toHaveLength(10);
  expect(seen.transcript.map((each) => each.type)).toEqual([
    'conversation',
    'text',
    'tool',
    'tool',
    'tool',
    'tool',
    'notice',
    'usage',
    'error',
    'ended',
  ]);
  expect(JSON.stringify(seen.transcript)).not.toContain('\\u001b');
});

test('texts in a row are one entry, other events keep their place between them', async () => {
  const { print, end } = await createOutput();
  const say = (said: string) => ({ type: 'text', text: said });
  await print(say('a'), say('b'), { type: 'conversation', id: 'x' }, say('c'));
  const seen = await end();
  expect(seen.transcript.map((each) => each.text ?? each.id)).toEqual(['a\nb', 'x', 'c']);
  expect(seen.said).toBe('a\nb\nc');
});

test('Markdown that comes in pieces is drawn block by block, and whole before a tool', async () => {
  const { print, end } = await createOutput(jsonReader, { markdown: true });
  const say = (said: string) => ({ type: 'text', text: said, more: true });
  await print(say('## Plan\n\nI *look* at'), say('the **code**:'), say('```sh'));
  await print(say('npm test\n\n# no heading'));
  await print(say('```'), say('| a | long |\n|---|--:|'));
  await print(say('| xyz | 1 |'), { type: 'tool', id: '1', phase: 'started', summary: 'npm test', ok: null });
  await print(say('CLAIM(a)\nCOMPLETE_AND_READY_FOR_MERGE'));
  const seen = await end();
  expect(seen.shown).toBe(
    '## Plan\n\nI look at\nthe code:\n  npm test\n\n  # no heading\na    long\n---  ----\nxyz     1\n> npm test\n',
  );
  expect(seen.transcript.find(({ type }) => type === 'text')).toMatchObject({
    text: '## Plan\n\nI *look* at\nthe **code**:\n```sh',
    markdown: true,
  });
  expect(seen.said).toContain('**code**');
});

test('a message ends its last block, whatever the next one begins with', async () => {
  const { print, end } = await createOutput(jsonReader, { markdown: true });
  const say = (said: string) => ({ type: 'text', text: said });
  await print(say('| a |\n|---|\n| b |'), { type: 'conversation', id: 'x' }, say('- c'));
  await print(say('d'), say('```\ne'), say('# f'), { type: 'tool', id: '1', phase: 'started', summary: 't', ok: null });
  await print(say('g'));
  expect((await end()).shown).toBe('a\n-\nb\n\n- c\n\nd\n\n  e\n\n# f\n> t\ng\n');
});

test('a line that the reader does not understand is a protocol error, and the next is read', async () => {
  const { output, print, end } = await createOutput();
  await output.stdout(Buffer.from('garbage\n'));
  await print({ type: 'text', text: 'on' });
  expect(await end()).toMatchObject({ error: { class: 'protocol' }, said: 'on' });
});

test('what follows the end of a turn takes the end back, and the exit code has the last word', async () => {
  const reader = {
    ...jsonReader,
    readError: (line: string): HarnessEvent[] =>
      line === 'gone' ? [{ type: 'error', class: 'no_conversation', message: line, resetAt: null }] : [],
    exited: (code: number | null): HarnessEvent[] => [
      { type: 'error', class: 'provider', message: `code ${code}`, resetAt: null },
    ],
  };
  const first = await createOutput(reader);
  await first.print({ type: 'ended' }, { type: 'text', text: 'more' }, { type: 'ended' });
  await first.output.stderr(Buffer.from('gone\n'));
  const total = { inputTokens: 5, outputTokens: 1, costUsd: null };
  await first.print({ type: 'usage', usage: total, total });
  const seen = await first.end(7);
  expect(seen).toMatchObject({
    over: [true, false, true, false],
    error: { class: 'provider', message: 'code 7' },
    total,
  });
  expect(seen.shown).toContain('! no_conversation: gone\n');
});

test('a harness that hangs on after its end is ended, and told apart from one that was stopped', async () => {
  const spec = { cwd: tmpdir(), env: {}, stdin: '', tag: 'none', idleMs: 60_000, totalMs: 60_000, graceMs: 200 };
  const onStdout = async () => {
    hanging.end('over');
    hanging.end('stop');
  };
  const argv = ['/bin/sh', '-c', 'echo over; exec sleep 1000'];
  const hanging = startHarness({ ...spec, argv, onStdout, onStderr: async () => {}, onTrouble: () => {} });
  expect(await hanging.done).toEqual({ by: 'over', code: null, signal: 'SIGTERM', spawnError: null });
});

test('a transcript is rotated at its bound and keeps one older file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oompa-transcript-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 't.jsonl');
  const transcript = createTranscript(path, { maxBytes: 2_000 });
  for (let each = 0; each < 100; each += 1) {
    transcript.write({ type: 'note', text: `${each} ${'x'.repeat(100)}` });
    await transcript.flush();
  }
  const texts = async (file: string) =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).text.split(' ')[0]);
  for (const file of [path, `${path}.1`]) expect((await stat(file)).size).toBeLessThanOrEqual(2_000);
  const kept = [...(await texts(`${path}.1`)), ...(await texts(path))].map(Number);
  expect(kept).toEqual(Array.from(kept, (_, index) => 100 - kept.length + index));
});

test('a transcript that cannot be written says so once and stops nothing', async () => {
  const told: string[] = [];
  const transcript = createTranscript('/dev/null/nowhere', { onTrouble: (message) => told.push(message) });
  for (const text of ['a', 'b']) {
    transcript.write({ type: 'note', text });
    await transcript.flush();
  }
  expect(told).toHaveLength(1);
});

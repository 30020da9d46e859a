// `oompa log <worker>`: what a worker said and did, from its transcript.
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { clean } from '../../core/clean.ts';
import { errnoOf, exitCodes, Refusal } from '../../core/errors.ts';
import { isId } from '../../core/ids.ts';
import { watchHint } from '../../disk/watch.ts';
import type { TranscriptEntry } from '../../worker/transcript.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [worker = ''], options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const path = isId(worker) ? paths.transcript(worker) : '';
  const text = await readFile(path, 'utf8').catch((error) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw new Refusal(`${worker || 'that worker'} has no transcript`, {
      hint: 'oompa status lists the workers',
      exitCode: exitCodes.noinput,
    });
  });
  const print = (chunk: string) => {
    for (const line of chunk.split('\n').filter(Boolean))
      process.stdout.write(options.json ? `${line}\n` : drawn(line));
  };
  const whole = text.lastIndexOf('\n') + 1;
  print(text.slice(0, whole));
  if (options.follow) await follow(path, Buffer.byteLength(text.slice(0, whole)), print);
  return exitCodes.ok;
}

/** Prints what is appended, until the process is ended. A file that was rotated is read from its start. */
async function follow(path: string, from: number, print: (text: string) => void): Promise<never> {
  let offset = from;
  let rest = '';
  for (;;) {
    const handle = await open(path, 'r').catch(() => null);
    if (handle) {
      const { size } = await handle.stat();
      if (size < offset) {
        offset = 0;
        rest = '';
      }
      const buffer = Buffer.alloc(size - offset);
      await handle.read(buffer, 0, buffer.length, offset);
      await handle.close();
      offset = size;
      const text = rest + buffer.toString();
      const whole = text.lastIndexOf('\n') + 1;
      rest = text.slice(whole);
      print(text.slice(0, whole));
    }
    await changed(dirname(path));
  }
}

function changed(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unwatch();
      resolve();
    };
    const unwatch = watchHint([folder], done);
    const timer = setTimeout(done, 1_000);
  });
}

function drawn(line: string): string {
  let entry: TranscriptEntry & { at: string };
  try {
    entry = JSON.parse(line);
  } catch {
    return '';
  }
  const text = (value: string) =>
    clean(value, { lines: true, colour: Boolean(process.stdout.isTTY) && !process.env.NO_COLOR });
  switch (entry.type) {
    case 'turn-started':
      return `\n── ${entry.turn} (${entry.kind}${entry.attempt > 1 ? `, attempt ${entry.attempt}` : ''}) ${clean(entry.model)} ${entry.at}\n`;
    case 'turn-ended':
      return `── ${entry.turn} ${entry.outcome}${entry.error ? `: ${entry.error.class}: ${clean(entry.error.message)}` : ''} after ${(entry.durationMs / 1000).toFixed(1)} s\n`;
    case 'text':
      return `${text(entry.text)}\n`;
    case 'stderr':
      return `! ${text(entry.text)}\n`;
    case 'note':
      return `> ${text(entry.text)}\n`;
    case 'tool':
      if (entry.phase === 'ended') return entry.ok === false ? `x ${clean(entry.summary)} failed\n` : '';
      return `• ${clean(entry.summary)}\n${entry.diff ? `${text(entry.diff).replace(/^/gm, '  ')}\n` : ''}`;
    case 'notice':
      return `! ${clean(entry.text)}\n`;
    case 'error':
      return `! ${entry.class}: ${clean(entry.message)}\n`;
    default:
      return '';
  }
}

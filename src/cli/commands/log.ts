// `oompa log <worker>`: what a worker said and did, from its transcript.
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, exitCodes, Refusal } from '../../core/errors.ts';
import { isId } from '../../core/ids.ts';
import { watchHint } from '../../disk/watch.ts';
import { createDrawing } from '../../worker/drawing.ts';
import { createScreen } from '../../worker/screen.ts';
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
  const { env, stdout } = process;
  const screen = createScreen(stdout, { colour: stdout.isTTY && !env.NO_COLOR });
  const drawing = createDrawing(screen);
  if (!options.json) await drawing.loadMarkdown();
  const show = (line: string) => {
    const entry = entryOf(line);
    if (entry) drawing.draw(entry, new Date(entry.at));
  };
  const print = (chunk: string) => {
    for (const line of chunk.split('\n').filter(Boolean)) (options.json ? screen.print : show)(line);
  };
  const whole = text.lastIndexOf('\n') + 1;
  print(text.slice(0, whole));
  if (options.follow) await follow(path, Buffer.byteLength(text.slice(0, whole)), print, screen.gone);
  drawing.flush();
  return exitCodes.ok;
}

/** Prints what is appended, until nobody reads us any more. A file that was rotated is read from its start. */
async function follow(path: string, from: number, print: (text: string) => void, gone: Promise<void>): Promise<void> {
  let offset = from;
  let rest = '';
  let over = false;
  void gone.then(() => {
    over = true;
  });
  while (!over) {
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

/** The entry that a line holds; null for one that is torn. */
function entryOf(line: string): (TranscriptEntry & { at: string }) | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

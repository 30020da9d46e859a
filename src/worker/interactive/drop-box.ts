// Where the hooks of an interactive harness drop notes, and where its answers wait: workers/<id>/hooks/.
import { constants } from 'node:fs';
import { open, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '../../core/errors.ts';
import { isId } from '../../core/ids.ts';
import { makeFolder } from '../../disk/durable.ts';
import { watchHint } from '../../disk/watch.ts';
import { hookScript } from '../../harnesses/hook.ts';

export interface Note {
  /** When and who: unique, and sorted by it notes are in order. */
  id: string;
  name: string;
  body: object;
}

export interface DropBox {
  readonly folder: string;
  /** What a harness runs as its hook, before the name of the note. */
  readonly hook: readonly string[];
  /** The notes that came since, oldest first; they are gone from the disk then. What is no note is dropped. */
  read(): Promise<Note[]>;
  /** Gives the hook that waits with this note one line; an empty one means no answer. A hook that waits no more is no error. */
  answer(id: string, line: string): Promise<void>;
  onHint(listener: () => void): () => void;
}

/** Makes the box anew, with nothing in it. */
export async function makeDropBox(folder: string): Promise<DropBox> {
  const notes = join(folder, 'notes');
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  for (const each of ['notes', 'tmp', 'asks']) await makeFolder(join(folder, each));
  const script = join(folder, 'hook');
  await writeFile(script, hookScript, { mode: 0o700 });
  return {
    folder,
    hook: [script, folder],
    async read() {
      const names = (await readdir(notes)).sort();
      const found = await Promise.all(names.map((name) => readNote(notes, name)));
      return found.filter((each) => each !== null);
    },
    async answer(id, line) {
      if (!isId(id)) return;
      const pipe = join(folder, 'asks', id);
      // The hook makes the pipe before it drops the note, and comes to wait at it a moment after.
      for (const deadline = performance.now() + 2_000; performance.now() < deadline; await sleep(10)) {
        try {
          const handle = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
          await handle.write(`${line}\n`).finally(() => handle.close());
          return;
        } catch (error) {
          if (errnoOf(error) !== 'ENXIO') return;
        }
      }
    },
    onHint: (listener) => watchHint([notes], listener),
  };
}

async function readNote(folder: string, file: string): Promise<Note | null> {
  const path = join(folder, file);
  const [, id = '', name = ''] = /^(\d+-\d+)\.([\w.]+)$/.exec(file) ?? [];
  try {
    const body: unknown = id ? JSON.parse(await readFile(path, 'utf8')) : null;
    return typeof body === 'object' && body !== null ? { id, name, body } : null;
  } catch {
    return null;
  } finally {
    await unlink(path).catch(() => {});
  }
}

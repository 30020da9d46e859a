// Writes the public files of a run, each once and whole; what is there is never touched. Trouble holds up nobody but the files.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Artifact } from '../core/artifact.ts';
import { messageOf } from '../core/errors.ts';
import { explain, makeFolder, moveExclusive, writeNew } from './durable.ts';

export interface ArtifactWriter {
  /** Takes files to be written, in order; those that are there already are passed over. Never throws. */
  write(artifacts: readonly Artifact[]): void;
  /** Resolves when all that was taken is written, or was tried once more. */
  close(): Promise<void>;
}

/** `onTrouble` is told once, with the first failure. What could not be written is tried again with the next file, and at the end. */
export function createArtifactWriter(folder: string, onTrouble: (message: string) => void): ArtifactWriter {
  let waiting: Artifact[] = [];
  let running: Promise<void> | null = null;
  let told = false;

  async function work(): Promise<void> {
    try {
      for (let next = waiting[0]; next; next = waiting[0]) {
        await writeOnce(folder, next);
        waiting.shift();
      }
    } catch (error) {
      if (!told) onTrouble(messageOf(explain(error, 'cannot write')));
      told = true;
    }
    running = null;
  }
  const start = () => {
    running ??= work();
    return running;
  };
  return {
    write(artifacts) {
      if (artifacts.length === 0) return;
      waiting = [...waiting, ...artifacts];
      void start();
    },
    async close() {
      await running;
      if (waiting.length > 0) await start();
    },
  };
}

async function writeOnce(folder: string, { path, content }: Artifact): Promise<void> {
  const file = join(folder, path);
  if (existsSync(file)) return;
  await makeFolder(dirname(file));
  // One writer, by the lock of the swarm: a draft that lies there was left by a crash.
  const draft = join(dirname(file), `.${basename(file)}.tmp`);
  await rm(draft, { force: true });
  await writeNew(draft, `${JSON.stringify(content, null, 2)}\n`);
  // The name itself may be lost by a power cut: the next start writes the file again.
  await moveExclusive(draft, file, { sync: false });
}

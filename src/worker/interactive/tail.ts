// The lines that are added to a file, from its beginning on.
import { open } from 'node:fs/promises';
import { createLineSplitter } from '../lines.ts';

export interface Tail {
  /** Whole lines that were added since; none when there is no such file. A file that became shorter is read anew. */
  read(): Promise<string[]>;
}

const chunkBytes = 256 * 1024;

export function createTail(path: string): Tail {
  let splitter = createLineSplitter(4 * 1024 * 1024);
  let at = 0;
  return {
    async read() {
      const handle = await open(path).catch(() => null);
      if (!handle) return [];
      try {
        const { size } = await handle.stat();
        if (size < at) {
          at = 0;
          splitter = createLineSplitter(4 * 1024 * 1024);
        }
        const lines: string[] = [];
        while (at < size) {
          const { bytesRead, buffer } = await handle.read({
            buffer: Buffer.alloc(Math.min(chunkBytes, size - at)),
            position: at,
          });
          if (bytesRead === 0) break;
          at += bytesRead;
          lines.push(...splitter.push(buffer.subarray(0, bytesRead)));
        }
        return lines;
      } finally {
        await handle.close();
      }
    },
  };
}

// The end of what the agent itself said in a turn, in bounded memory.
import { fenceAfter } from '../core/signals.ts';

export interface Said {
  /** Takes whole lines, cleaned, without colour. */
  add(text: string): void;
  /** The last lines that fit. A code fence whose opening was dropped is opened again, so that signals read the same. */
  text(): string;
}

export function createSaid(limit = 64 * 1024): Said {
  const lines: string[] = [];
  let size = 0;
  let fence: string | null = null;
  return {
    add(text) {
      for (const line of text.split('\n')) {
        lines.push(line);
        size += line.length + 1;
      }
      let drop = 0;
      while (size + (fence?.length ?? 0) > limit && drop < lines.length - 1) {
        const line = lines[drop++] ?? '';
        size -= line.length + 1;
        fence = fenceAfter(fence, line);
      }
      lines.splice(0, drop);
    },
    text: () => (fence === null ? lines : [fence, ...lines]).join('\n'),
  };
}

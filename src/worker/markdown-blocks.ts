// Cuts Markdown that comes in pieces into blocks that are complete: what is drawn cannot be drawn again.
import { fenceAfter } from '../core/signals.ts';

export interface MarkdownBlocks {
  /** Takes whole lines; gives the blocks that they complete, in order, each with its last newline. */
  add(text: string): string[];
  /** What is left: no more is to come. */
  end(): string[];
}

/**
 * A block ends before a line that follows a blank one and is not set in, and on both sides of a code fence. `longest`: a block that grows
 * beyond so many characters is cut there; the rest of a fence is given as a fence again.
 */
export function createMarkdownBlocks(longest = 8 * 1024): MarkdownBlocks {
  let lines: string[] = [];
  let size = 0;
  let fence: string | null = null;

  const cut = (): string[] => {
    const block = lines.map((line) => `${line}\n`).join('');
    lines = [];
    size = 0;
    return block === '' ? [] : [block];
  };
  const push = (line: string) => {
    lines.push(line);
    size += line.length + 1;
  };
  const addLine = (line: string): string[] => {
    const before = fence;
    fence = fenceAfter(before, line);
    const opens = before === null && fence !== null && !line.startsWith(' ');
    const begins = before === null && lines.at(-1)?.trim() === '' && /^\S/.test(line);
    const done = opens || begins ? cut() : [];
    push(line);
    if (before !== null && fence === null) return [...done, ...cut()];
    if (size <= longest) return done;
    const full = cut();
    if (fence !== null) push(fence);
    return [...done, ...full];
  };

  return {
    add: (text) => text.split('\n').flatMap(addLine),
    end() {
      fence = null;
      return cut();
    },
  };
}

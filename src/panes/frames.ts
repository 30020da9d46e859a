// The screen of an embedded pane as frames to paint on the operator's terminal, so that only text and colour reach it.
import type { Screen } from './contract.ts';

const frameMs = 30;

interface Painted {
  screen(): Screen;
  cursor(): { x: number; y: number };
  onChange(listener: () => void): () => void;
}

/** Gives a whole frame now and soon after each change, at most one in 30 ms. Returns the unsubscribe. */
export function createFrames(painted: Painted, listener: (bytes: string) => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  const paint = () => {
    timer = null;
    const { x, y } = painted.cursor();
    // Each row is cleared before it is written, because writing the last column leaves the cursor pending on it.
    const rows = painted.screen().rows.map((row, index) => `\x1b[${index + 1};1H\x1b[0m\x1b[2K${row}`);
    listener(`\x1b[?25l${rows.join('')}\x1b[0m\x1b[${y + 1};${x + 1}H\x1b[?25h`);
  };
  const unsubscribe = painted.onChange(() => {
    timer ??= setTimeout(paint, frameMs);
  });
  paint();
  return () => {
    unsubscribe();
    if (timer) clearTimeout(timer);
  };
}

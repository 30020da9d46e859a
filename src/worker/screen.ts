// The terminal that the runner lives in, as a thing to print on. When it goes away, printing does nothing and `gone` tells.
import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';

export interface Screen {
  readonly colour: boolean;
  /** Its width now; null where it is no terminal. */
  columns(): number | null;
  /** Prints whole lines. The caller has cleaned what comes from outside. */
  print(text: string): void;
  /** The same, styled where colour is wanted. */
  dim(text: string): void;
  bold(text: string): void;
  /** Lines of a diff, set in; what begins with + or - is coloured. */
  diff(text: string): void;
  /** Resolves when the terminal has caught up enough to take more. */
  ready(): Promise<void>;
  /** While the terminal is lent to another program, nothing is printed. */
  lend(lent: boolean): void;
  readonly gone: Promise<void>;
}

export function createScreen(out: Writable, { colour }: { colour: boolean }): Screen {
  let lost = false;
  let lent = false;
  const gone = new Promise<void>((resolve) => {
    const lose = () => {
      lost = true;
      resolve();
    };
    // EIO: the pane is closed. EPIPE: whoever read us has ended. The listener stays: each further write may fail again.
    out.on('error', lose).once('close', lose);
  });
  const print = (text: string) => {
    if (!lost && !lent) out.write(`${text}\n`);
  };
  const styled = (code: number) => (text: string) =>
    print(colour ? text.replace(/^.+$/gm, (row) => `\u001b[${code}m${row}\u001b[0m`) : text);
  return {
    colour,
    columns: () => (out as Partial<WriteStream>).columns ?? null,
    print,
    dim: styled(2),
    bold: styled(1),
    diff: (text) =>
      print(
        text.replace(/^([-+]?)(.*)$/gm, (row, mark) =>
          colour && mark ? `  \u001b[${mark === '+' ? 32 : 31}m${row}\u001b[0m` : `  ${row}`,
        ),
      ),
    async ready() {
      while (!lost && out.writableNeedDrain)
        await Promise.race([new Promise((resolve) => out.once('drain', resolve)), gone]);
    },
    lend(taken) {
      lent = taken;
    },
    gone,
  };
}

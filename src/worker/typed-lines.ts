// What the operator types into the pane becomes mail to the worker: one note for what is typed or pasted in one go.
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { clean } from '../core/clean.ts';
import { messageOf } from '../core/errors.ts';
import type { Post } from '../mail/contract.ts';
import { createLineSplitter } from './lines.ts';
import type { Screen } from './screen.ts';

/** Lines that follow each other faster than this come from one paste. */
const pasteMs = 150;

export interface TypedLinesOptions {
  input: Readable;
  post: Post;
  worker: string;
  screen: Screen;
  onNote(text: string): void;
}

export interface TypedLines {
  /** Somebody else reads the input. */
  pause(): void;
  resume(): void;
  /** Sends what was typed, and reads no more. */
  stop(): Promise<void>;
}

/** Reads lines until the input ends or breaks, which is no error. */
export function readTypedLines({ input, post, worker, screen, onNote }: TypedLinesOptions): TypedLines {
  const splitter = createLineSplitter(64 * 1024);
  let lines: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();

  const send = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    const text = clean(lines.join('\n'), { lines: true, maxLine: 64 * 1024 }).trim();
    lines = [];
    if (text !== '') sending = sending.then(() => deliver(text));
  };
  const deliver = async (text: string) => {
    try {
      await post.deliver({
        from: 'operator',
        to: [worker],
        subject: subjectOf(text),
        body: text,
        type: 'note',
        key: randomUUID(),
      });
      screen.dim('noted for the next turn');
      onNote(text);
    } catch (error) {
      screen.bold(`not noted: ${clean(messageOf(error))}; type it again`);
    }
  };
  const take = (some: string[]) => {
    if (some.length === 0) return;
    lines.push(...some);
    timer ??= setTimeout(send, pasteMs);
  };

  const onData = (chunk: Buffer | string) => take(splitter.push(Buffer.from(chunk)));
  const onEnd = () => take(splitter.end());
  input
    .on('data', onData)
    .once('end', onEnd)
    .on('error', () => {});
  return {
    pause: () => void input.off('data', onData),
    resume: () => void input.off('data', onData).on('data', onData).resume(),
    async stop() {
      input.off('data', onData).off('end', onEnd).pause();
      send();
      await sending;
    },
  };
}

function subjectOf(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

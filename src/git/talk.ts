// A git that stays and answers many questions: starting a process costs more than most answers. It ends by itself when nobody has
// asked for a while, and with us, because its input closes.
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { EffectError } from '../core/errors.ts';
import { argumentsOf, environmentOf, type Place } from './run.ts';

export interface Talk {
  /** Sends `question`; the answer is what comes before and with `end`. Rejects when the process ends instead: it is not asked twice. */
  ask(question: string, end: string): Promise<Buffer>;
  /** Lets the process go. The next question starts another one. */
  close(): void;
}

interface Partner {
  ask(question: string, end: string): Promise<Buffer>;
  close(): void;
  gone: boolean;
}

const idleMs = 10_000;
const answerMs = 60_000;

export function createTalk(place: Place, args: readonly string[]): Talk {
  let partner: Partner | null = null;
  let tail: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const close = () => {
    clearTimeout(timer);
    partner?.close();
    partner = null;
  };
  return {
    ask(question, end) {
      const answer = tail.then(() => {
        clearTimeout(timer);
        if (!partner || partner.gone) partner = start(place, args);
        return partner.ask(question, end);
      });
      tail = answer
        .catch(() => {})
        .then(() => {
          timer = setTimeout(close, idleMs).unref();
        });
      return answer;
    },
    close,
  };
}

function start(place: Place, args: readonly string[]): Partner {
  const child = spawn('git', argumentsOf(args), {
    cwd: place.cwd,
    env: environmentOf(place),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const pipes = [child.stdin, child.stdout] as unknown as Socket[];
  let chunks: Buffer[] = [];
  let waiting: { end: Buffer; resolve: (answer: Buffer) => void; reject: (error: Error) => void } | null = null;
  // Only a question in flight keeps us alive, not a process that waits for one.
  const hold = (on: boolean) => {
    for (const each of [child, ...pipes]) on ? each.ref() : each.unref();
  };
  const partner: Partner = {
    gone: false,
    ask(question, end) {
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
      waiting = { end: Buffer.from(end), resolve, reject };
      hold(true);
      child.stdin.write(question);
      const late = setTimeout(() => child.kill('SIGKILL'), answerMs);
      return promise.finally(() => clearTimeout(late));
    },
    close: () => void child.stdin.end(),
  };
  const over = () => {
    partner.gone = true;
    const message = `git ${args[0]} ended in the middle of a question`;
    waiting?.reject(new EffectError({ code: 'git-failed', message, retryable: true }));
    waiting = null;
  };
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    const enough = waiting && endsWith(chunks, waiting.end);
    if (!waiting || !enough) return;
    const { resolve } = waiting;
    waiting = null;
    const answer = Buffer.concat(chunks);
    chunks = [];
    hold(false);
    resolve(answer);
  });
  child.stdin.on('error', over);
  child.on('error', over);
  child.on('close', over);
  return partner;
}

function endsWith(chunks: Buffer[], end: Buffer): boolean {
  const last = chunks.at(-1) ?? Buffer.alloc(0);
  const tail = last.length >= end.length ? last : Buffer.concat(chunks);
  return tail.subarray(-end.length).equals(end);
}

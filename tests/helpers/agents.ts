// Scripted agents: what an agent of a test sees of its turn, the hands it has, and the good one that most tests need.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Turn } from '../../src/core/turn.ts';

/** What an agent has in one turn. Files are of its worktree. */
export interface Hands {
  worker: string;
  turn: Turn;
  attempt: number;
  /** Tasks that the prompt quotes as the worker's own, and the one it is offered. */
  claims: string[];
  suggested: string | null;
  /** What the prompt says this turn is about. */
  note: string;
  read(file: string): string | null;
  write(file: string, text: string): void;
  remove(file: string): void;
  files(): string[];
  /** `mv ../tasks/pending/<file> ../tasks/current/`; false when somebody else was faster. */
  mv(file: string): boolean;
  /** Writes a task into `../tasks/pending`, unless the board of this repository has it somewhere. */
  add(id: string, more?: Record<string, unknown>): void;
}

/** Does a turn and gives back what it prints. One that throws ended with exit code 1. */
export type Agent = (hands: Hands) => string | Promise<string>;

export function handsOf(worker: string, turn: Turn, attempt: number): Hands {
  const at = (file: string) => join(turn.cwd, file);
  const own = section(turn.prompt, 'Your claims');
  return {
    worker,
    turn,
    attempt,
    claims: [...own.matchAll(/^### (\S+) \(/gm)].map(([, id = '']) => id),
    suggested: /^- (\S+): .*\(suggested\)$/m.exec(section(turn.prompt, 'Claimable'))?.[1] ?? null,
    note: section(turn.prompt, 'This turn'),
    read: (file) => {
      try {
        return readFileSync(at(file), 'utf8');
      } catch {
        return null;
      }
    },
    write: (file, text) => {
      mkdirSync(dirname(at(file)), { recursive: true });
      writeFileSync(at(file), text);
    },
    remove: (file) => rmSync(at(file), { force: true }),
    files: () => readdirSync(turn.cwd).filter((name) => name !== '.git'),
    mv: (file) => {
      try {
        renameSync(join(turn.cwd, '../tasks/pending', file), join(turn.cwd, '../tasks/current', file));
        return true;
      } catch {
        return false;
      }
    },
    add: (id, more = {}) => {
      const pending = realpathSync(join(turn.cwd, '../tasks/pending'));
      const known = ['pending', 'current', 'complete'].some((column) =>
        existsSync(join(pending, '..', column, `${id}.json`)),
      );
      if (!known)
        writeFileSync(join(pending, `${id}.json`), `${JSON.stringify({ id, summary: `do ${id}`, ...more })}\n`);
    },
  };
}

export const ready = 'COMPLETE_AND_READY_FOR_MERGE';

/** Claims what it is offered, makes one file for each task, hands in. `before` may do a turn in its place. */
export function goodAgent(before: (hands: Hands) => string | null | Promise<string | null> = () => null): Agent {
  return async (hands) => {
    const said = await before(hands);
    if (said !== null) return said;
    if (hands.claims.length === 0) return hands.suggested === null ? 'nothing to do' : `CLAIM(${hands.suggested})`;
    for (const id of hands.claims) hands.write(`${id}.txt`, `${id} is done\n`);
    return ready;
  };
}

/** Keeps both sides of every conflict in `file`, each line once. */
export function keepBothSides(hands: Hands, file: string): void {
  const lines = (hands.read(file) ?? '').split('\n').filter((line) => !/^(?:<{7}|={7}|>{7})/.test(line));
  hands.write(file, [...new Set(lines)].join('\n'));
}

/** Holds everybody who comes until `count` have come: so that two workers are at the same point for sure. */
export function createGate(count: number): () => Promise<void> {
  let come = 0;
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come >= count) open();
    return opened;
  };
}

function section(prompt: string, title: string): string {
  return new RegExp(`^## ${title}$([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(prompt)?.[1]?.trim() ?? '';
}

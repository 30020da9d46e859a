// A supervisor that dies, as by kill -9, at a journal line: the line is written whole or torn, and no hand moves after it.
import { appendFileSync } from 'node:fs';
import type { JournalLine } from '../../src/core/event.ts';
import type { Journal } from '../../src/disk/journal.ts';
import type { JournalWriter, World } from '../../src/supervisor/contract.ts';

/**
 * `torn`: half of the line's bytes reached the disk. `before`: none did. `after`: the line is durable, and nothing was done on it.
 * `lines` counts what this supervisor appends, from 1.
 */
export interface Death {
  line: number;
  how: 'before' | 'torn' | 'after';
}

export interface Mortal {
  world: World;
  journal: JournalWriter;
  readonly dead: boolean;
  /** Rejects at the death. */
  died: Promise<never>;
  /** Resolves when what was begun before the death has come to its end. Nobody hears of it. */
  buried(): Promise<void>;
}

export function makeMortal(world: World, journal: Journal, file: string, death: Death | null): Mortal {
  let dead = false;
  let die: (error: Error) => void = () => {};
  const died = new Promise<never>((_, reject) => {
    die = reject;
  });
  died.catch(() => {});
  let written = 0;
  const begun = new Set<Promise<unknown>>();
  const never = new Promise<never>(() => {});
  /** Every call is refused by silence after the death, and an answer that comes after it is never heard. */
  const cut = <T extends object>(hands: T): T =>
    new Proxy(hands, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (dead) return never;
          const result = (value as (...args: unknown[]) => unknown).apply(target, args);
          if (!(result instanceof Promise)) return result;
          begun.add(result);
          const done = () => begun.delete(result);
          result.then(done, done);
          return result.then(
            (answer) => (dead ? never : answer),
            (error) => (dead ? never : Promise.reject(error)),
          );
        };
      },
    });
  const append = async (lines: readonly JournalLine[]) => {
    if (dead) return never;
    const index = death === null ? -1 : death.line - 1 - written;
    if (death === null || index < 0 || index >= lines.length) {
      written += lines.length;
      return journal.append(lines);
    }
    await journal.append(lines.slice(0, death.how === 'after' ? index + 1 : index));
    const text = `${JSON.stringify(lines[index])}\n`;
    if (death.how === 'torn') appendFileSync(file, text.slice(0, Math.floor(text.length / 2)));
    dead = true;
    await journal.close();
    const error = new Error('killed');
    die(error);
    throw error;
  };
  return {
    world: {
      ...world,
      ...{ git: cut(world.git), board: cut(world.board), post: cut(world.post) },
      ...{ leases: cut(world.leases), panes: cut(world.panes) },
    },
    journal: { append },
    died,
    get dead() {
      return dead;
    },
    async buried() {
      while (begun.size > 0) await Promise.allSettled([...begun]);
    },
  };
}

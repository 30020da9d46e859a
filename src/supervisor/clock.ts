// The real clock, and one wound by hand.
import type { Clock } from './contract.ts';

export const realClock: Clock = {
  now: () => new Date().toISOString(),
  every: (ms, callback) => {
    const timer = setInterval(callback, ms);
    return () => clearInterval(timer);
  },
};

export interface HandClock extends Clock {
  /** Lets `ms` pass; what is due is called, in order. */
  wind(ms: number): void;
}

/** A clock that stands still until it is wound. For tests and dry runs. */
export function createHandClock(start = '2026-01-01T00:00:00.000Z'): HandClock {
  let now = Date.parse(start);
  const rounds = new Set<{ ms: number; next: number; callback: () => void }>();
  return {
    now: () => new Date(now).toISOString(),
    every: (ms, callback) => {
      const round = { ms, next: now + ms, callback };
      rounds.add(round);
      return () => rounds.delete(round);
    },
    wind: (ms) => {
      const end = now + ms;
      for (;;) {
        const next = [...rounds].filter((round) => round.next <= end).sort((a, b) => a.next - b.next)[0];
        if (!next) break;
        now = next.next;
        next.next += next.ms;
        next.callback();
      }
      now = end;
    },
  };
}

// Patience with the disk: what must be written is tried again until it works or the runner is told to leave.
import { setTimeout as sleep } from 'node:timers/promises';
import { clean } from '../core/clean.ts';
import { EffectError, errnoOf, messageOf } from '../core/errors.ts';
import type { Screen } from './screen.ts';

export interface Patience {
  screen: Screen;
  leaving: AbortSignal;
}

const longestWaitMs = 30_000;

/** The result of `work`, tried at least once; null when it failed and the runner is leaving. Errors that are not of the world (defects) are thrown. */
export async function untilDone<T>(
  what: string,
  work: () => Promise<T>,
  { screen, leaving }: Patience,
): Promise<T | null> {
  let said = '';
  for (let waitMs = 1_000; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EffectError) && !errnoOf(error)) throw error;
      const hint = error instanceof EffectError && error.hint ? ` (${error.hint})` : '';
      const text = clean(`! cannot ${what}: ${messageOf(error)}${hint}; trying again`);
      if (text !== said) screen.bold(text);
      said = text;
    }
    if (leaving.aborted) return null;
    await sleep(waitMs, null, { signal: leaving }).catch(() => {});
  }
}

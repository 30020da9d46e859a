// Waits for a condition, never for a time.
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is truthy, and gives it; throws after `withinMs` with what `show` says then. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  {
    withinMs = 60_000,
    everyMs = 80,
    show = () => '' as unknown,
  }: { withinMs?: number; everyMs?: number; show?: () => unknown } = {},
): Promise<NonNullable<T>> {
  for (const end = performance.now() + withinMs; ; await sleep(everyMs)) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`never came: ${what}\n${String(await show())}`);
  }
}

// Waits for a condition, never for a time.
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is truthy, and gives it; throws after `withinMs` with what was seen last. */
export async function until<T>(
  ask: () => T | Promise<T>,
  withinMs = 25_000,
  show: () => unknown = () => '',
): Promise<NonNullable<T>> {
  for (const end = performance.now() + withinMs; ; await sleep(20)) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`never came true: ${ask} ${JSON.stringify(await show())}`);
  }
}

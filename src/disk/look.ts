// One look at a time: a look asked for while one is under way is taken once after it, whatever the number of askers.

/** `look` never rejects; what it throws goes to `onError`. Looks with other arguments do not wait for each other. */
export function createLook<A extends unknown[]>(
  look: (...values: A) => Promise<void>,
  onError: (error: unknown) => void,
): (...values: A) => Promise<void> {
  const running = new Map<string, { now: Promise<void>; again: boolean }>();
  return (...values) => {
    const key = values.join('\n');
    const current = running.get(key);
    if (current) {
      current.again = true;
      return current.now;
    }
    const entry = { now: Promise.resolve(), again: false };
    running.set(key, entry);
    entry.now = (async () => {
      do {
        entry.again = false;
        await look(...values).catch(onError);
      } while (entry.again);
      running.delete(key);
    })();
    return entry.now;
  };
}

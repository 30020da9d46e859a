// Rings among things that wait for each other: none of a ring can ever begin.

/** Each ring once, in the order in which one waits for the next. `waits`: what each waits for; strangers in it do not matter. */
export function cyclesOf(waits: ReadonlyMap<string, readonly string[]>): string[][] {
  const left = new Map(waits);
  const cycles: string[][] = [];
  for (;;) {
    dropFree(left);
    const [start] = left.keys();
    if (start === undefined) return cycles;
    const path = [start];
    for (;;) {
      // Whoever is left waits for somebody who is left.
      const next = (left.get(path.at(-1) ?? '') ?? []).find((id) => left.has(id)) ?? start;
      const at = path.indexOf(next);
      if (at < 0) {
        path.push(next);
        continue;
      }
      const cycle = path.slice(at);
      for (const id of cycle) left.delete(id);
      cycles.push(cycle);
      break;
    }
  }
}

/** Takes out, again and again, what waits for nobody that is left. */
function dropFree(left: Map<string, readonly string[]>): void {
  const waiters = new Map<string, string[]>();
  const count = new Map<string, number>();
  for (const [id, others] of left) {
    const real = others.filter((other) => left.has(other));
    count.set(id, real.length);
    for (const other of real) waiters.set(other, [...(waiters.get(other) ?? []), id]);
  }
  const free = [...left.keys()].filter((id) => count.get(id) === 0);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id);
    for (const waiter of waiters.get(id) ?? []) {
      const rest = (count.get(waiter) ?? 0) - 1;
      count.set(waiter, rest);
      if (rest === 0) free.push(waiter);
    }
  }
}

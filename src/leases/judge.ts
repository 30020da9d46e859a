// Who stands in whose way, and what is outside of what. Pure.
import { anyOverlap, matches, overlaps } from '../core/globs.ts';
import type { Conflict, Escape, Lease, LogLine, Lost, Mode, Ticket } from './contract.ts';

export interface Wanted {
  owner: { address: string };
  mode: Mode;
  patterns: readonly string[];
}

/** Whether two cannot stand beside each other. One's own never is in one's way. */
export function collide(a: Wanted, b: Wanted): boolean {
  if (a.owner.address === b.owner.address || (a.mode === 'shared' && b.mode === 'shared')) return false;
  return anyOverlap(a.patterns, b.patterns);
}

/** For each pattern what is in its way: leases, then those who waited before. */
export function conflictsOf(wanted: Wanted, leases: readonly Lease[], older: readonly Ticket[]): Conflict[] {
  const inTheWay = [...leases, ...older].filter((each) => collide(wanted, each));
  return wanted.patterns.flatMap((pattern) =>
    inTheWay.flatMap((each) => {
      const held = each.patterns.find((other) => overlaps(pattern, other));
      if (held === undefined) return [];
      const until = 'until' in each ? each.until : null;
      const { owner, task, mode } = each;
      const wait = until === null ? 'stand behind it in the queue (--wait)' : `wait for it (--wait; it ends ${until})`;
      const suggestion = `${wait}, ask ${owner.address}, or ask for less than ${pattern}`;
      return [{ pattern, held, holder: owner.address, task, mode, until, suggestion }];
    }),
  );
}

/** Leases that count. One with a number that was never given out, or that collides with an older one, was not granted by us. */
export function sound(leases: readonly Lease[], last: number): { leases: Lease[]; strangers: Lease[] } {
  const kept: Lease[] = [];
  const strangers: Lease[] = [];
  for (const lease of [...leases].sort((a, b) => a.fence - b.fence))
    (lease.fence > last || kept.some((other) => collide(lease, other)) ? strangers : kept).push(lease);
  return { leases: kept, strangers };
}

/**
 * Paths that are not `address`'s to change: another holds them, or its tasks name their files and not these. `manifest` null: its tasks
 * name none.
 */
export function escapesOf(
  paths: readonly string[],
  address: string,
  leases: readonly Lease[],
  manifest: readonly string[] | null,
): Escape[] {
  const covers = (path: string) => (lease: Lease) => lease.patterns.some((pattern) => matches(pattern, path));
  const own = leases.filter(({ owner }) => owner.address === address);
  const others = leases.filter(({ owner }) => owner.address !== address);
  return paths.flatMap((path): Escape[] => {
    if (own.some(covers(path))) return [];
    const holder = others.find(covers(path));
    if (holder) return [{ path, by: holder.owner.address, task: holder.task }];
    if (manifest === null || manifest.some((pattern) => matches(pattern, path))) return [];
    return [{ path, by: null, task: null }];
  });
}

/** What the tasks of `address` name, as their leases and tickets tell; null when they leave it open. */
export function manifestOf(address: string, all: readonly (Lease | Ticket)[]): string[] | null {
  const own = all.filter(({ owner, manifest }) => owner.address === address && manifest !== null);
  if (own.length === 0 || own.some(({ manifest }) => manifest === 'part')) return null;
  return own.flatMap(({ patterns }) => patterns);
}

/** Every lease there ever was, with the time of its end; null while it lasts. Partial releases give more than one entry. */
export function livesOf(log: readonly LogLine[], active: readonly Lease[]): { lease: Lease; ended: string | null }[] {
  const ended = log.filter(({ change }) => change !== 'granted').map(({ at, lease }) => ({ lease, ended: at }));
  return [...ended, ...active.map((lease) => ({ lease, ended: null }))];
}

/** Paths that `address` held after `since` by a lease that is older than another's grant of them, and not by a newer one. */
export function lostOf(
  paths: readonly string[],
  address: string,
  since: string,
  lives: ReturnType<typeof livesOf>,
): Lost[] {
  const others = lives.filter(({ lease }) => lease.owner.address !== address).map(({ lease }) => lease);
  const own = lives.filter(({ lease, ended }) => lease.owner.address === address && (ended === null || ended > since));
  return paths.flatMap((path) => {
    const covering = (lease: Lease) => lease.patterns.some((pattern) => matches(pattern, path));
    const held = own.map(({ lease }) => lease).filter(covering);
    const newest = held.sort((a, b) => b.fence - a.fence)[0];
    if (!newest) return [];
    const taken = others.find(
      (other) =>
        other.fence > newest.fence && (other.mode === 'exclusive' || newest.mode === 'exclusive') && covering(other),
    );
    return taken ? [{ path, by: taken.owner.address, task: taken.task, fence: taken.fence }] : [];
  });
}

// Who runs the swarm of this repository. The lock is a folder of numbered claims; the highest one counts.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { clean } from '../core/clean.ts';
import { EffectError, errnoOf, exitCodes, Refusal } from '../core/errors.ts';
import { makeFolder, moveExclusive, writeAtomic, writeNew } from './durable.ts';
import { identityOf, isAlive } from './process.ts';

const Claim = z.object({
  pid: z.number().int(),
  start: z.string(),
  boot: z.string(),
  role: z.string(),
  /** ISO 8601. */
  since: z.string(),
  released: z.boolean(),
});
type Claim = z.infer<typeof Claim>;

export interface LockOwner extends Omit<Claim, 'released'> {
  /** Whether the owner still runs. A dead owner's lock is free to be taken. */
  alive: boolean;
}

export interface Lock {
  owner: LockOwner;
  /** Lets the lock go. Idempotent. */
  release(): Promise<void>;
}

/**
 * Takes the lock for this process, or takes it over from a dead owner; exactly one of many takers wins. Throws a Refusal (tempfail) that
 * names the owner when it lives.
 */
export async function acquireLock(path: string, { role }: { role: string }): Promise<Lock> {
  const outcome = await attempt(path, role, true);
  if ('held' in outcome) throw refusal(outcome.held);
  return outcome;
}

/**
 * Does `work` while no other process (or other call) is in a section of this path; a dead one's section is free. For moments, not for
 * hours: it waits. Throws EffectError `busy` when others were in it all the time for `waitMs` (default 60,000).
 */
export async function inSection<T>(path: string, work: () => Promise<T>, { waitMs = 60_000 } = {}): Promise<T> {
  // Many that wait look less and less often, or they would have no time left for the one that works.
  let pauseMs = 2;
  for (const deadline = performance.now() + waitMs; ; await sleep(pauseMs * (0.5 + Math.random()))) {
    pauseMs = Math.min(pauseMs * 1.5, 40);
    const lock = await attempt(path, 'section', false);
    if (!('held' in lock)) {
      try {
        return await work();
      } finally {
        await lock.release();
      }
    }
    if (performance.now() > deadline)
      throw new EffectError({
        code: 'busy',
        message: `${path} was taken for ${waitMs / 1_000} s, now by process ${lock.held.pid}`,
        hint: 'look at what it does; ask again',
        retryable: true,
      });
  }
}

/**
 * A claim is linked under the number after the highest one: EEXIST means that somebody else was faster. Numbers never go back (the
 * highest claim is marked released, never removed), so a slow taker cannot win with old knowledge.
 */
async function attempt(path: string, role: string, sync: boolean): Promise<Lock | { held: Claim }> {
  const first = highestClaim(path)?.claim;
  if (first && isHeld(first)) return { held: first };
  await makeFolder(path);
  const claim: Claim = { ...identityOf(), role, since: new Date().toISOString(), released: false };
  const draft = join(path, `.${randomUUID()}.tmp`);
  await writeNew(draft, JSON.stringify(claim), { sync });
  try {
    for (;;) {
      const highest = highestClaim(path);
      if (highest?.claim && isHeld(highest.claim)) return { held: highest.claim };
      const number = (highest?.number ?? 0) + 1;
      const file = join(path, String(number));
      const outcome = await moveExclusive(draft, file, { sync });
      if (outcome === 'taken') continue;
      if (outcome === 'moved' && highestClaim(path)?.number === number) {
        await removeBelow(path, number);
        return { owner: { ...owner(claim), alive: true }, release: once(() => markReleased(file, claim, sync)) };
      }
      // We were slow: our number lies below claims that were made meanwhile, and counts for nothing.
      if (outcome === 'moved') await unlink(file).catch(() => {});
      await writeNew(draft, JSON.stringify(claim), { sync });
    }
  } finally {
    await unlink(draft).catch(() => {});
  }
}

/** Who has the lock, dead or alive; null when nobody has it. */
export function readLock(path: string): LockOwner | null {
  const claim = highestClaim(path)?.claim;
  return claim && !claim.released ? { ...owner(claim), alive: isAlive(claim) } : null;
}

async function markReleased(file: string, claim: Claim, sync: boolean): Promise<void> {
  await writeAtomic(file, JSON.stringify({ ...claim, released: true }), { sync });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    return done;
  };
}

function highestClaim(path: string): { number: number; claim: Claim | null } | null {
  const number = Math.max(0, ...numbersIn(path));
  if (number === 0) return null;
  try {
    const claim = Claim.safeParse(JSON.parse(readFileSync(join(path, String(number)), 'utf8')));
    return { number, claim: claim.data ?? null };
  } catch (error) {
    // Gone: a higher one exists by now. Not JSON: nobody we know of wrote it, and it holds nothing.
    return errnoOf(error) === 'ENOENT' ? highestClaim(path) : { number, claim: null };
  }
}

function numbersIn(path: string): number[] {
  try {
    return readdirSync(path).flatMap((name) => (/^[1-9]\d{0,14}$/.test(name) ? [Number(name)] : []));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new EffectError({
      code: 'lock-unreadable',
      message: `cannot read ${path}`,
      hint: 'it should be a folder of yours; move it away if nothing of oompa runs here',
      cause: error,
    });
  }
}

async function removeBelow(path: string, number: number): Promise<void> {
  for (const each of numbersIn(path)) if (each < number) await unlink(join(path, String(each))).catch(() => {});
}

function isHeld(claim: Claim): boolean {
  return !claim.released && isAlive(claim);
}

function owner({ released: _, ...rest }: Claim): Omit<LockOwner, 'alive'> {
  return rest;
}

function refusal(claim: Claim): Refusal {
  return new Refusal(
    `oompa (${clean(claim.role)}) already runs on this repository: process ${claim.pid}, since ${clean(claim.since)}`,
    {
      hint: 'oompa tui opens its screen; oompa stop ends it',
      exitCode: exitCodes.tempfail,
    },
  );
}

// The intent to land, written before the operator's checkout is touched: who lands what, where. If we die on the way, the next
// landing finds it, and finishes or takes back exactly what was ours.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { EffectError, errnoOf } from '../core/errors.ts';
import { Sha } from '../core/ids.ts';
import { makeFolder, renameChecked, writeAtomic } from '../disk/durable.ts';
import { findTagged, identityOf, isAlive, waitUntil } from '../disk/process.ts';
import type { Context } from './context.ts';
import { breakStale } from './locks.ts';
import { readRef, readText } from './refs.ts';
import type { Place } from './run.ts';
import { undoFiles } from './undo.ts';

export const Landing = z.object({
  format: z.literal(1),
  /** Names this attempt; marks its lock and its processes. */
  token: z.string(),
  owner: z.object({ pid: z.number(), start: z.string(), boot: z.string() }),
  branch: z.string(),
  base: Sha,
  commit: Sha,
  /** The checkout that has the branch; null when none has. */
  seat: z.object({ gitDir: z.string(), tree: z.string() }).nullable(),
});
export type Landing = z.infer<typeof Landing>;

/** Writes the intent. */
export async function beginLanding(
  { paths, baseBranch }: Context,
  { base, commit, seat }: Pick<Landing, 'base' | 'commit' | 'seat'>,
): Promise<Landing> {
  const landing: Landing = {
    format: 1,
    token: randomUUID(),
    owner: identityOf(),
    branch: baseBranch,
    base,
    commit,
    seat,
  };
  await makeFolder(paths.home);
  await writeAtomic(intentFile(paths.home), `${JSON.stringify(landing)}\n`, { sync: seat !== null });
  return landing;
}

/** Takes the lock of the seat's index, as git would: false when somebody has it. What it says proves that it is ours. */
export async function lockIndex({ token, seat }: Landing): Promise<boolean> {
  if (!seat) return true;
  const draft = join(seat.gitDir, `oompa.${token}`);
  await writeAtomic(draft, words(token), { mode: 0o644, sync: false });
  try {
    await link(draft, indexLock(seat.gitDir));
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

/** The new index takes the place of the old one. */
export async function publish({ seat }: Landing): Promise<void> {
  if (seat) await renameChecked(newIndex(seat.gitDir), join(seat.gitDir, 'index'), { sync: false });
}

/** Nothing of the attempt is left: lock, drafts, intent, in this order. */
export async function endLanding({ paths }: Context, landing: Landing): Promise<void> {
  const { seat, token } = landing;
  if (seat) {
    await rm(newIndex(seat.gitDir), { force: true });
    await rm(`${newIndex(seat.gitDir)}.lock`, { force: true });
    if (readText(indexLock(seat.gitDir)) === words(token)) await unlink(indexLock(seat.gitDir));
    await rm(join(seat.gitDir, `oompa.${token}`), { force: true });
  }
  await rm(intentFile(paths.home), { force: true });
}

/**
 * Brings an attempt that was cut short to its end: forward when the branch has moved, back when it has not. Only with proof that the
 * attempt is dead and the lock is its own.
 */
export async function recoverLanding(context: Context): Promise<void> {
  const landing = readIntent(context.paths.home);
  if (!landing) return;
  const { token, seat, commit, owner } = landing;
  // Our own earlier call ended by an exception, or a process that died; its git may outlive it for a moment.
  const alone = owner.pid === process.pid || !isAlive(owner);
  if (!alone || !(await waitUntil(() => findTagged(tag, token).length === 0, 10_000))) {
    throw new EffectError({
      code: 'landing-busy',
      message: 'another process of oompa is landing a change',
      hint: `process ${owner.pid}; wait for it, or end it`,
      retryable: true,
    });
  }
  await freeRefLocks(context, landing, true);
  if (seat && readText(indexLock(seat.gitDir)) === words(token)) {
    const tip = await readRef(context.paths.gitDir, `refs/heads/${landing.branch}`);
    const moved = tip !== null && (await context.ancestry.isAncestor(commit, tip));
    if (!moved) await undoFiles(context, landing);
    else if (existsSync(newIndex(seat.gitDir))) await publish(landing);
  }
  await endLanding(context, landing);
}

export function newIndex(gitDir: string): string {
  return join(gitDir, 'index.oompa');
}

/** Marks the processes of an attempt, so that none of them can outlive it unseen. */
export function tagged(place: Place, { token }: Landing): Place {
  return { ...place, env: { ...place.env, [tag]: token } };
}

const tag = 'OOMPA_LANDING';

function indexLock(gitDir: string): string {
  return join(gitDir, 'index.lock');
}

function words(token: string): string {
  return `oompa is landing a change here: ${token}\n`;
}

function intentFile(home: string): string {
  return join(home, 'landing.json');
}

function readIntent(home: string): Landing | null {
  const text = readText(intentFile(home));
  if (text === null) return null;
  try {
    return Landing.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Removes the locks that a git of ours left when it was killed while it moved the branch: `<branch>.lock` with our commit in it. One
 * that is empty, and the `HEAD.lock` that goes with it, are ours only if our attempt is known to have died (`died`).
 */
export async function freeRefLocks({ paths }: Context, landing: Landing, died: boolean): Promise<boolean> {
  const { branch, commit, seat } = landing;
  const refLock = join(paths.gitDir, 'refs', 'heads', `${branch}.lock`);
  const said = readText(refLock)?.trim();
  const workplace = { folder: seat?.tree ?? paths.root, except: paths.home };
  const heads = [join(paths.gitDir, 'HEAD.lock'), ...(seat ? [join(seat.gitDir, 'HEAD.lock')] : [])];
  const ours = said === commit || (died && (said === undefined || said === ''));
  const locks = ours ? [refLock, ...heads.filter((lock) => readText(lock) === '')] : [];
  return (await breakStale(locks, workplace)).length > 0;
}

// Moves the base branch to a merge that was made and checked. The operator's files move along where git accepts it, or nothing does.
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { EffectError, messageOf } from '../core/errors.ts';
import { nameOf } from './bytes.ts';
import type { Difference } from './changed-files.ts';
import { type Checkout, checkoutsOf } from './checkouts.ts';
import type { Context } from './context.ts';
import type { LandResult } from './contract.ts';
import {
  beginLanding,
  endLanding,
  freeRefLocks,
  type Landing,
  lockIndex,
  newIndex,
  publish,
  recoverLanding,
  tagged,
} from './landing.ts';
import { dirtyFiles, suspects, untrackedInTheWay } from './obstacles.ts';
import { readPointer, readRef } from './refs.ts';
import { type Place, runGit } from './run.ts';
import { undoFiles } from './undo.ts';

export interface LandRequest {
  base: string;
  commit: string;
}

/** Asked again after a crash it comes to the same end; a commit that the branch already has is landed. */
export async function land(context: Context, request: LandRequest): Promise<LandResult> {
  await recoverLanding(context);
  return (await alreadyDecided(context, request)) ?? (await landAt(context, request, findSeat(context)));
}

async function alreadyDecided(
  { paths, baseBranch, ancestry }: Context,
  { base, commit }: LandRequest,
): Promise<LandResult | null> {
  const tip = await readRef(paths.gitDir, `refs/heads/${baseBranch}`);
  if (tip === null) {
    return {
      kind: 'held',
      reason: `the branch ${baseBranch} is gone; bring it back with git branch ${baseBranch} ${base}`,
      files: [],
    };
  }
  if (tip === commit || (tip !== base && (await ancestry.isAncestor(commit, tip)))) return { kind: 'landed', commit };
  return tip === base ? null : { kind: 'raced', base: tip };
}

type Seat = { checkouts: Checkout[]; workers: Checkout[]; reason: string | null };

/** The checkout whose files move along with the branch, and what speaks against it. Workers' trees are no such checkouts. */
function findSeat({ paths, baseBranch }: Context): Seat {
  const all = checkoutsOf(paths, baseBranch);
  const isWorkers = ({ tree }: Checkout) => tree.startsWith(paths.worktrees + sep);
  const checkouts = all.filter((each) => !isWorkers(each));
  const busy = checkouts.find((each) => each.busy !== null);
  const reason = busy
    ? `${busy.busy} is going on in ${busy.tree}; finish or abort it`
    : checkouts.length > 1
      ? `${baseBranch} is checked out more than once: ${checkouts.map(({ tree }) => tree).join(', ')}`
      : null;
  return { checkouts, workers: all.filter(isWorkers), reason };
}

async function landAt(
  context: Context,
  request: LandRequest,
  { checkouts, workers, reason }: Seat,
): Promise<LandResult> {
  if (reason) return held(reason);
  const seat = checkouts[0] ?? null;
  const changes = seat ? (await context.comparing.compare(request.base, request.commit)).entries : [];
  if (seat) context.links.learn(request.base, request.commit, changes);
  const inTheWay = seat ? untrackedInTheWay(seat.tree, changes) : [];
  if (inTheWay.length > 0) return held('files that git does not track are in the way', inTheWay);
  for (const worker of workers) await detach(context, worker);
  const landing = await beginLanding(context, { ...request, seat: seat && { gitDir: seat.gitDir, tree: seat.tree } });
  if (!(await lockIndex(landing))) {
    await endLanding(context, landing);
    const lock = seat ? join(seat.gitDir, 'index.lock') : '';
    return held(`another git is at work in the checkout (or was killed there: then remove ${lock})`);
  }
  return await move(context, landing, changes);
}

/** Under the lock of the index: files first, then the branch, then the index. */
async function move(context: Context, landing: Landing, changes: readonly Difference[]): Promise<LandResult> {
  const { seat, base, commit } = landing;
  try {
    // What was read before the lock may have changed before it.
    const late = (await alreadyDecided(context, landing)) ?? (seat && leftMeanwhile(context, seat));
    const refused = late ?? (seat && (await moveFiles(context, landing, seat, changes)));
    if (refused) {
      await endLanding(context, landing);
      return refused;
    }
    if (!(await moveBranch(context, landing))) {
      await undoFiles(context, landing);
      await endLanding(context, landing);
      return (
        (await alreadyDecided(context, { base, commit })) ??
        held(`git does not let ${context.baseBranch} move: its ref is locked`)
      );
    }
    await publish(landing);
    await endLanding(context, landing);
    return { kind: 'landed', commit };
  } catch (error) {
    try {
      await recoverLanding(context);
      // The branch had moved already: then it has landed, whatever went wrong after that.
      if ((await alreadyDecided(context, { base, commit }))?.kind === 'landed') return { kind: 'landed', commit };
    } catch (worse) {
      context.notice(`a landing was cut short and could not be taken back: ${messageOf(worse)}`);
    }
    throw error;
  }
}

function leftMeanwhile({ baseBranch }: Context, seat: Checkout): LandResult | null {
  const pointer = readPointer(join(seat.gitDir, 'HEAD'));
  const there = pointer !== null && 'ref' in pointer && pointer.ref === `refs/heads/${baseBranch}`;
  return there ? null : held(`${seat.tree} has just left ${baseBranch}`);
}

/** git's own two-way merge, which refuses where a file of the operator's differs; onto a copy of their index. */
async function moveFiles(
  context: Context,
  landing: Landing,
  seat: Checkout,
  changes: readonly Difference[],
): Promise<LandResult | null> {
  const index = join(seat.gitDir, 'index');
  if (existsSync(index)) await copyFile(index, newIndex(seat.gitDir));
  const place = tagged(context.vault.files(seat.tree, newIndex(seat.gitDir), seat.gitDir), landing);
  const theirs = await ownChanges(place, landing.base, seat.tree, changes);
  if (theirs.length > 0) return inTheirFiles(theirs);
  const readTree = () => runGit(place, ['read-tree', '-m', '-u', landing.base, landing.commit]);
  try {
    // A file that was touched but not changed looks changed to git until it has looked again.
    await readTree().catch((error) => (isRefusal(error) ? refresh(place).then(readTree) : Promise.reject(error)));
    return null;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const dirty = await dirtyFiles(place, landing.base, changes);
    return dirty.length > 0 ? inTheirFiles(dirty) : held(messageOf(error));
  }
}

// Asked before anything is written: whatever differs after this was written by us.
async function ownChanges(place: Place, base: string, tree: string, changes: readonly Difference[]): Promise<string[]> {
  const different = new Set(suspects(tree, changes));
  if (different.size === 0) return [];
  await refresh(place);
  return (await dirtyFiles(place, base, changes)).filter((path) => different.has(path));
}

async function refresh(place: Place): Promise<void> {
  await runGit(place, ['update-index', '-q', '--refresh', '--ignore-submodules'], { ok: [0, 1] });
}

// The words by which git says that it has touched nothing.
const refusal =
  /not uptodate|would be (?:overwritten|removed|lost)|would lose untracked|Cannot merge|resolve your current index/;

function isRefusal(error: unknown): boolean {
  return error instanceof EffectError && refusal.test(error.message);
}

function inTheirFiles(files: readonly string[]): LandResult {
  return held('the checkout has changes of its own in these files', files);
}

/** Compare-and-swap: false when the branch is not at `base`, or somebody holds its ref. */
async function moveBranch(context: Context, landing: Landing): Promise<boolean> {
  const { base, commit, seat, branch } = landing;
  const place = tagged(context.vault.theirs(seat?.gitDir), landing);
  const words = `oompa: merge ${commit.slice(0, 10)}`;
  const args = ['update-ref', '-m', words, `refs/heads/${branch}`, commit, base];
  const swap = () => runGit(place, args, { config: ['core.fsync=all'] }).then(() => true);
  const isLocked = (error: unknown) => error instanceof EffectError && error.code === 'git-locked';
  try {
    return await swap();
  } catch (error) {
    if (!isLocked(error)) throw error;
    return (await freeRefLocks(context, landing, false)) && (await swap());
  }
}

// A worker that went to the base branch stays at its commit: moved along, its tree would seem to take back what landed.
async function detach({ vault, paths, notice }: Context, { gitDir, tree }: Checkout): Promise<void> {
  const pointer = readPointer(join(gitDir, 'HEAD'));
  const commit = pointer && 'ref' in pointer ? await readRef(paths.gitDir, pointer.ref) : null;
  if (!commit) return;
  await runGit(vault.theirs(gitDir), [
    'update-ref',
    '--no-deref',
    '-m',
    'oompa: detached from the base branch',
    'HEAD',
    commit,
  ]);
  notice(`the worktree ${tree} was on the base branch; it was detached at ${commit.slice(0, 10)}`);
}

function held(reason: string, files: readonly string[] = []): LandResult {
  return { kind: 'held', reason, files: files.map(nameOf) };
}

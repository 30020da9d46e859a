// All git work of one swarm on one repository, as the contract has it.
import { baseSha } from './base.ts';
import { type CheckRunner, createChecks } from './checks.ts';
import { close } from './close.ts';
import { commitWork } from './commit.ts';
import { openConflict } from './conflict.ts';
import type { Context } from './context.ts';
import type { Git } from './contract.ts';
import { diff } from './diff.ts';
import { integrate } from './integrate.ts';
import { land } from './land.ts';
import { type GitInit, openContext } from './open.ts';
import { prepareWorktree } from './prepare.ts';
import { progress } from './progress.ts';
import { removeWorktree } from './remove.ts';
import { resetWorktree } from './reset.ts';
import { listWorktrees } from './worktree.ts';

/** Starts nothing and makes nothing before the first call. */
export function createGit({ paths, swarm, baseBranch, notice }: GitInit): Git {
  let opened: Promise<{ context: Context; checks: CheckRunner }> | null = null;

  async function open() {
    const context = await openContext({ paths, swarm, baseBranch, notice });
    return { context, checks: createChecks(paths, context.vault) };
  }

  function ready() {
    opened ??= open().catch((error) => {
      opened = null;
      throw error;
    });
    return opened;
  }

  /** One at a time for each worker's worktree. */
  async function withWorktree<T>(worker: string, work: (context: Context) => Promise<T>): Promise<T> {
    const { context } = await ready();
    return await context.serial(`worker ${worker}`, () => work(context));
  }

  return {
    baseSha: () => baseSha(paths, baseBranch),
    prepareWorktree: (worker, base) => withWorktree(worker, (context) => prepareWorktree(context, worker, base)),
    worktrees: async () => await listWorktrees((await ready()).context),
    commitWork: (worker, message) => withWorktree(worker, (context) => commitWork(context, worker, message)),
    resetWorktree: (worker, base, why) => withWorktree(worker, (context) => resetWorktree(context, worker, base, why)),
    removeWorktree: (worker) => withWorktree(worker, (context) => removeWorktree(context, worker)),
    openConflict: (worker, base) => withWorktree(worker, (context) => openConflict(context, worker, base)),
    integrate: async (request) => {
      const { context, checks } = await ready();
      return await integrate(context, checks, request);
    },
    land: async (request) => {
      const { context } = await ready();
      return await context.serial('land', () => land(context, request));
    },
    diff: async (base, head, options) => await diff((await ready()).context.vault.objects, base, head, options?.limit),
    progress: (worker) => withWorktree(worker, (context) => progress(context, worker)),
    close: async () => {
      const { context, checks } = await ready();
      return await context.serial('land', () => close(context, checks));
    },
  };
}

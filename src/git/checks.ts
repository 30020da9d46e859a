// Runs checks on exactly one tree, in a folder that is kept for the next one. What they leave running is ended.
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../core/config.ts';
import type { CheckResult } from '../core/event.ts';
import { makeFolder } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import { runCheck } from './check-process.ts';
import { runGit } from './run.ts';
import type { Vault } from './vault.ts';

export interface CheckRunner {
  /** The results, in order. A tree that was green with the same checks in this process is not checked again. */
  check(tree: string, checks: readonly Check[], timeoutMs: number): Promise<CheckResult[]>;
  /** Removes the folders that nobody uses now. */
  clear(): Promise<void>;
}

export function createChecks(paths: Paths, vault: Vault): CheckRunner {
  const busy = new Set<number>();
  const green = new Map<string, CheckResult[]>();

  async function check(tree: string, checks: readonly Check[], timeoutMs: number): Promise<CheckResult[]> {
    if (checks.length === 0) return [];
    const key = `${tree} ${createHash('sha256').update(JSON.stringify(checks)).digest('hex')}`;
    const known = green.get(key);
    if (known) return known;
    const slot = firstFree(busy);
    busy.add(slot);
    try {
      const folder = join(paths.checks, String(slot));
      await checkOut(vault, folder, tree);
      const ceilings = [folder, paths.checks, paths.home, paths.root];
      const results: CheckResult[] = [];
      for (const each of checks)
        results.push(await runCheck(each, { tree: join(folder, 'tree'), ceilings, timeoutMs }));
      if (results.every(({ ok }) => ok)) green.set(key, results);
      return results;
    } finally {
      busy.delete(slot);
    }
  }

  return {
    check,
    async clear() {
      if (busy.size === 0) await rm(paths.checks, { recursive: true, force: true });
    },
  };
}

/** The folder holds the tree and, from earlier trees, ignored files only (what an install left, mostly). */
async function checkOut(vault: Vault, folder: string, tree: string): Promise<void> {
  const files = join(folder, 'tree');
  await makeFolder(folder);
  await mkdir(files, { recursive: true });
  const place = vault.files(files, join(folder, 'index'));
  await rm(join(folder, 'index.lock'), { force: true });
  await runGit(place, ['read-tree', '--reset', '-u', tree]).catch(async () => {
    // An index or tree that a check broke: from nothing, then.
    await rm(folder, { recursive: true, force: true });
    await mkdir(files, { recursive: true });
    await runGit(place, ['read-tree', '--reset', '-u', tree]);
  });
  await runGit(place, ['clean', '-f', '-f', '-d', '-q']);
}

function firstFree(busy: ReadonlySet<number>): number {
  let slot = 0;
  while (busy.has(slot)) slot += 1;
  return slot;
}

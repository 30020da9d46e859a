// A swarm's panes on a tmux server of its own, for one test.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PaneBackend, PaneSpec } from '../../src/panes/contract.ts';
import { createTmuxPanes, type TmuxPanesOptions } from '../../src/panes/tmux.ts';
import { makeTestFolder } from './folder.ts';
import { argv } from './programs.ts';
import { until } from './until.ts';

export function makeSwarm(options: Partial<TmuxPanesOptions> = {}) {
  const folder = options.folder ?? join(makeTestFolder(), 'panes');
  const swarmTag = options.swarmTag ?? crypto.randomUUID().slice(0, 8);
  const panes = createTmuxPanes({ ...options, folder, swarmTag });
  onTestFinished(() => panes.destroy());
  /** Runs tmux on the swarm's server, as a stranger would. */
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', join(folder, 'tmux.sock'), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  return {
    folder,
    swarmTag,
    panes,
    tmux,
    serverPid: () => Number(tmux('display-message', '-p', '#{pid}')),
    spec: (key: string, words: readonly string[] = argv.sleeps): PaneSpec => ({
      key,
      argv: words,
      cwd: '/',
      env: {},
      title: key,
    }),
  };
}

export async function shows(panes: PaneBackend, key: string, text: string): Promise<void> {
  await until(
    async () => (await panes.capture(key))?.rows.some((row) => row.includes(text)),
    25_000,
    async () => (await panes.capture(key))?.rows,
  );
}

export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

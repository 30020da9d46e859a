// One demo repository with its swarm, driven from outside. Whatever happens, nothing of it is left after the test.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { liveSupervisor, openWorkspace, readLatest } from '../../src/cli/workspace.ts';
import type { State } from '../../src/core/state.ts';
import { findTagged, sweepTagged } from '../../src/disk/process.ts';
import { builtProgram } from './built.ts';
import { openTerminal, type Terminal, type TerminalOptions } from './terminal.ts';
import { until } from './until.ts';

export interface Trial {
  /** Where the repository is, or will be when `demo` has made it. */
  repo: string;
  env: Record<string, string>;
  program: readonly string[];
  /** `oompa <words>`, or another argv, in a terminal. */
  open(words: readonly string[], options?: Partial<TerminalOptions> & { argv?: readonly string[] }): Promise<Terminal>;
  /** Opens `oompa demo` on the repository. */
  demo(speed: number, options?: Partial<TerminalOptions>): Promise<Terminal>;
  git(...args: string[]): string;
  /** The fold of the journal as it is now. */
  state(): State;
  /** Waits until the state is so. */
  until<T>(what: string, ask: (state: State) => T): Promise<NonNullable<T>>;
  /** Pid of the supervisor that lives, or null. */
  supervisor(): number | null;
  /** Pids of what runs with the swarm's tag. */
  processes(): number[];
}

/** `name` is that of the repository's folder. */
export function makeTrial(name = 'demo'): Trial {
  const program = builtProgram();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'oompa-e2e-')));
  const repo = join(folder, name);
  const home = join(folder, 'home');
  mkdirSync(home);
  const tag = randomUUID();
  const env: Record<string, string> = { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8', OOMPA_E2E: tag };
  const terminals: Terminal[] = [];
  onTestFinished(async () => {
    for (const terminal of terminals) await terminal.close();
    await sweepTagged('OOMPA_E2E', tag, { graceMs: 2_000 });
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  const latest = () => readLatest(openWorkspace(repo));
  const trial: Trial = {
    repo,
    env,
    program,
    open: async (words, { argv = [...program, ...words], ...options } = {}) => {
      const terminal = await openTerminal(argv, { cwd: existsSync(repo) ? repo : folder, env, ...options });
      terminals.push(terminal);
      return terminal;
    },
    demo: (speed, options) => trial.open(['demo', '--dir', repo, '--speed', String(speed)], options),
    git: (...args) => execFileSync('git', args, { cwd: repo, env, encoding: 'utf8' }).trim(),
    state: () => {
      const found = latest();
      if (!found) throw new Error('no swarm was started');
      return found.state;
    },
    until: (what, ask) => until(what, () => ask(trial.state()), { show: () => JSON.stringify(trial.state(), null, 1) }),
    supervisor: () => liveSupervisor(openWorkspace(repo))?.pid ?? null,
    processes: () => findTagged('OOMPA_SWARM', latest()?.swarm ?? 'none').map(({ pid }) => pid),
  };
  return trial;
}

/** Presses a key that decides, again as often as it is not armed yet; gives the screen that tells what was done. `clear` does no more than to clear the footer. */
export async function pressArmed(
  terminal: Terminal,
  key: string,
  done: RegExp,
  again: string,
  clear = 'Escape',
): Promise<string> {
  for (;;) {
    await terminal.press(key);
    const said = await terminal.sees(new RegExp(`${done.source}|${again}`));
    if (!said.includes(again)) return said;
    // A key that follows Escape at once is read together with it, as Alt and that key.
    await terminal.press(clear);
    await terminal.misses(again);
  }
}

/** Approves the selected change; gives the start of its SHA. */
export async function approveShown(terminal: Terminal): Promise<string> {
  const screen = await terminal.sees(/[▸>] \S approve\?\s+[0-9a-f]{7}/);
  const [, change = ''] = /[▸>] \S approve\?\s+([0-9a-f]{7})/.exec(screen) ?? [];
  const done = new RegExp(`approved ${change}|(?:approving|queued|merging|merged)\\s+${change}`);
  await pressArmed(terminal, 'a', done, 'press a again');
  return change;
}

/** Approves until so many tasks are merged: of two changes that conflict, the second goes back and comes again. */
export async function approveUntil(trial: Trial, terminal: Terminal, merged: number): Promise<void> {
  const count = () => Object.values(trial.state().tasks).filter(({ status }) => status === 'merged').length;
  while (count() < merged) {
    const sha = await approveShown(terminal);
    await trial.until(`the end of ${sha}`, ({ changes }) =>
      Object.values(changes).some(
        ({ id, status }) => id.startsWith(sha) && (status === 'merged' || status === 'conflicted'),
      ),
    );
  }
  await terminal.sees(`${merged} of `);
}

/** What is wrong with the borders of a board; empty when it is whole. */
export function tornRows(screen: string, cols: number): string[] {
  const rows = screen.split('\n').slice(1, -2);
  const torn = rows.filter((row) => row.trim() !== '' && (row.length !== cols || !/^[╭│╰].*[╮│╯]$/.test(row)));
  return rows.length > 5 ? torn : ['there is no board', ...rows];
}

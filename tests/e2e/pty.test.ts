// The demo where there is no tmux: panes are embedded in the program, and end with it; the run does not.
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { approveShown, approveUntil, makeTrial, tornRows } from '../helpers/trial.ts';
import { until } from '../helpers/until.ts';

/** A folder that holds all programs of PATH but one, as links. */
function pathWithout(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'oompa-path-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'bin'));
  for (const from of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const name of programsIn(from)) {
      if (name === program) continue;
      try {
        symlinkSync(join(from, name), join(folder, 'bin', name));
      } catch {
        // An earlier folder of PATH has it.
      }
    }
  }
  return join(folder, 'bin');
}

function programsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => isProgram(join(folder, name)));
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

describe('without tmux on PATH', { timeout: 180_000 }, () => {
  it('embeds the panes, says so, and works the same; leaving ends the panes, coming back goes on', async () => {
    // `env` comes from the path of the tmux that drives the test.
    const trial = makeTrial();
    const hidden = ['env', `PATH=${pathWithout('tmux')}`, ...trial.program];
    const terminal = await trial.open([], { argv: [...hidden, 'demo', '--dir', trial.repo, '--speed', '0'] });
    expect(await terminal.sees('3 for you')).toContain('pty: embedded, not durable');
    expect(trial.state().swarm?.panes).toBe('pty');

    await terminal.press('1', 'Enter');
    await terminal.sees(/in the pane of w0[\s\S]*COMPLETE_AND_READY_FOR_MERGE/);
    await terminal.type('xylophone');
    await terminal.sees('xylophone');
    await terminal.press('C-q');
    expect(tornRows(await terminal.sees('1 Workers'), 140)).toEqual([]);

    await terminal.press('3', 'd');
    await terminal.sees(/5 Diff [0-9a-f]{7}[\s\S]*@@ -/);
    const first = await approveShown(terminal);
    await terminal.sees('1 of 6 complete');
    expect(trial.git('rev-parse', 'main^2')).toMatch(new RegExp(`^${first}`));

    await terminal.press('q');
    await terminal.sees('leaving ends them. Leave?');
    await terminal.press('y');
    await terminal.ended(0);
    await until('the end of supervisor and panes', () => trial.supervisor() === null && trial.processes().length === 0);

    const again = await trial.open([], { argv: [...hidden, 'tui'] });
    await again.sees(/supervisor up[\s\S]*1 of 6 complete/);
    await again.sees('for you');
    await again.press('3');
    await approveUntil(trial, again, 2);
    await again.press('Q');
    await again.sees('Stop the whole swarm?');
    await again.press('y');
    await again.ended(0);
    expect(trial.state().swarm?.status).toBe('stopped');
    await until('the end of all processes', () => trial.processes().length === 0 && trial.supervisor() === null);
  });
});

// The whole program in a real terminal: the demo, driven by keys, on real git and real tmux.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { approveShown, makeTrial, tornRows } from '../helpers/trial.ts';
import { until } from '../helpers/until.ts';

describe('oompa demo and oompa tui in a terminal', { timeout: 180_000 }, () => {
  it('shows workers that move, a diff, and lands what the operator approves', async () => {
    const trial = makeTrial();
    const terminal = await trial.demo(4);
    const first = await terminal.sees(/▶ 3 working/);
    expect(first).toMatch(/^ oompa {2}demo {2}main@[0-9a-f]{7} {2}● supervisor up {2}tmux/);
    expect(tornRows(first, 140)).toEqual([]);
    await terminal.sees(/4 Pane w0[\s\S]*w0 here: a scripted agent/);
    await terminal.sees(/current [1-3]/);

    await terminal.sees('3 for you');
    await terminal.press('3', 'd');
    const diff = await terminal.sees(/5 Diff [0-9a-f]{7}[\s\S]*@@ -/);
    expect(tornRows(diff, 140)).toEqual([]);
    const before = trial.git('rev-parse', 'main');
    const change = await approveShown(terminal);
    await terminal.sees(`merged ${change}`);
    await terminal.sees('1 of 6 complete');
    expect(trial.git('rev-parse', 'main^1')).toBe(before);
    expect(trial.git('rev-parse', 'main^2')).toMatch(new RegExp(`^${change}`));
    expect(trial.git('log', '-1', '--format=%B', 'main')).toMatch(/^Oompa-Task: \S+$/m);
    expect(trial.git('status', '--porcelain')).toBe('');
  });

  it('sends a change back: the worker gets the note and hands in again', async () => {
    const trial = makeTrial();
    const terminal = await trial.demo(0);
    await terminal.sees('3 for you');
    await terminal.press('3');
    const [, change = '', task = ''] =
      /▸ ⚑ approve\?\s+([0-9a-f]{7}) (\S+)/.exec(await terminal.sees(/▸ ⚑ approve\?/)) ?? [];
    await terminal.press('r');
    await terminal.sees(`reject ${change}:`);
    await terminal.press('Enter');
    await terminal.sees('say what should change');
    await terminal.type('name the häder; $(rm -rf .) `x`');
    await terminal.sees('name the häder; $(rm -rf .) `x`');
    await terminal.press('Enter');
    await terminal.sees(new RegExp(`sent back ${change}`));
    const again = await trial.until('a second hand-in', ({ changes }) =>
      Object.values(changes).find(
        ({ id, tasks, status }) => tasks.includes(task) && !id.startsWith(change) && status === 'awaiting-approval',
      ),
    );
    expect(trial.git('show', `${again.id}:notes/${task}.md`)).toContain('> name the häder; $(rm -rf .) `x`');
    await terminal.sees(new RegExp(`approve\\?\\s+${again.id.slice(0, 7)}`));
  });

  it.each([
    { name: 'in a plain terminal', inside: false, leave: ['C-q'] },
    { name: 'inside another tmux', inside: true, leave: ['C-q'] },
    { name: "inside another tmux, by tmux's own keys", inside: true, leave: ['C-b', 'd'] },
  ])('enters a pane and comes back to an intact screen $name', async ({ inside, leave }) => {
    const trial = makeTrial();
    const terminal = await trial.demo(0, { inside });
    await terminal.sees('3 for you');
    await terminal.press('1', 'j', 'Enter');
    await terminal.sees(/COMPLETE_AND_READY_FOR_MERGE[\s\S]*\[oompa-/);
    // Every key goes to the pane, from the first on.
    await terminal.type('xylophone');
    await terminal.sees('xylophone');
    await terminal.press(...leave);
    const back = await terminal.sees(/^ oompa[\s\S]*│ ▸ .{12}w1/);
    expect(tornRows(back, 140)).toEqual([]);
    // None of those keys, and no answer of the terminal to tmux, was pressed here.
    await terminal.press('j');
    expect(await terminal.sees(/│ ▸ .{12}w2/)).not.toContain('Stop w');
    await terminal.press('3');
    await approveShown(terminal);
    await terminal.sees('1 of 6 complete');
  });

  it('leaves the swarm running, finds it again, and stops it without a trace', async () => {
    const trial = makeTrial();
    const terminal = await trial.demo(0);
    await terminal.sees('3 for you');
    const pid = trial.supervisor();
    await terminal.press('q');
    expect(await terminal.ended(0)).toContain('oompa tui');
    expect(await terminal.fact('alternate_on')).toBe('0');
    expect(trial.supervisor()).toBe(pid);
    expect(trial.processes().length).toBeGreaterThan(0);

    const again = await trial.open(['tui']);
    await again.sees('3 for you');
    expect(trial.supervisor()).toBe(pid);
    await again.press('Q');
    await again.sees('Stop the whole swarm?');
    await again.press('n');
    await again.sees('nothing was done');
    await again.press('Q');
    await again.sees('Stop the whole swarm?');
    await again.press('y');
    await again.ended(0);
    expect(trial.state().swarm?.status).toBe('stopped');
    await until('the end of all processes', () => trial.processes().length === 0 && trial.supervisor() === null);
    expect(trial.git('worktree', 'list').split('\n')).toHaveLength(1);
    const trees = join(trial.repo, '.oompa', 'worktrees');
    expect(readdirSync(trees).filter((worker) => existsSync(join(trees, worker, 'tree')))).toEqual([]);
    const socket = join(trial.repo, '.oompa', 'panes', 'tmux.sock');
    expect(() => execFileSync('tmux', ['-S', socket, 'list-sessions'], { stdio: 'pipe' })).toThrow();
    // What was not merged stays on the board, and the work on it in git.
    expect(readdirSync(join(trial.repo, 'tasks', 'pending'))).toHaveLength(6);
    expect(trial.git('for-each-ref', '--format=%(refname)', 'refs/oompa/salvage').split('\n')).toHaveLength(3);
  });

  it('redraws whole at every size, and says when there is no room', async () => {
    const trial = makeTrial();
    const terminal = await trial.demo(0);
    await terminal.sees('3 for you');
    await terminal.resize(80, 24);
    await terminal.misses('4 Pane');
    expect(tornRows(await terminal.sees(/^ ?demo|^ oompa/), 80)).toEqual([]);
    await terminal.resize(59, 24);
    await terminal.sees('terminal too small: need 60x15');
    await terminal.resize(60, 15);
    await terminal.misses('too small');
    expect(tornRows(await terminal.sees('1 Workers'), 60)).toEqual([]);
    await terminal.resize(60, 14);
    await terminal.sees('terminal too small: need 60x15');
    await terminal.resize(140, 40);
    expect(tornRows(await terminal.sees('4 Pane'), 140)).toEqual([]);
    await terminal.resize(200, 60);
    const isWhole = async () => tornRows(await terminal.screen(), 200).length === 0;
    await until('a whole screen of 200x60', isWhole, { show: terminal.screen });
  });

  it('serves two operators at once', async () => {
    const trial = makeTrial();
    const one = await trial.demo(0);
    await one.sees('3 for you');
    const two = await trial.open(['tui'], { cols: 80, rows: 24 });
    await two.sees('3 for you');
    await one.press('3');
    await approveShown(one);
    await one.sees('1 of 6 complete');
    await two.sees('1 of 6 complete');
    await two.press('q');
    await two.ended(0);
    await one.press('2');
    await one.sees('Enter open');
  });

  it('tells when the supervisor was killed, and oompa tui goes on with the run', async () => {
    const trial = makeTrial();
    const terminal = await trial.demo(0);
    await terminal.sees('3 for you');
    const pid = trial.supervisor() ?? 0;
    process.kill(pid, 'SIGKILL');
    await terminal.sees('supervisor down');
    await terminal.press('q');
    await terminal.ended(0);
    const again = await trial.open(['tui']);
    await again.sees('supervisor up');
    expect(trial.supervisor()).not.toBe(pid);
    await again.press('3');
    await approveShown(again);
    await again.sees('1 of 6 complete');
  });
});

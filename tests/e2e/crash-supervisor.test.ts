// `oompa supervise` killed with -9 at points of its run, as a real process with real tmux panes; `oompa run` goes on.
import { expect, test } from 'vitest';
import { violationsOf } from '../helpers/checker.ts';
import { goOn, linesOf, makeReal } from '../helpers/real.ts';

test.each([1, 5, 10, 15, 20, 25, 30])(
  'killed when its journal has %i lines: the next one finishes',
  { timeout: 120_000 },
  async (count) => {
    const real = makeReal();
    const { child, ended } = real.start(['supervise', '--until-done', '--approval', 'auto']);
    await linesOf(real, count);
    child.kill('SIGKILL');
    expect((await ended).how).toBe('SIGKILL');
    expect(real.state().swarm?.status).not.toBe('stopped');
    await goOn(real);
    expect(violationsOf({ root: real.root, swarm: real.swarm(), tasks: real.tasks })).toEqual([]);
    expect(real.leftovers()).toEqual([]);
  },
);

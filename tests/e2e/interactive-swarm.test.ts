// An interactive worker in the hands of the whole program: it asks, the operator answers from the keyboard, its work is merged.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sweepTagged } from '../../src/disk/process.ts';
import { clis, programOf } from '../clis/clis.ts';
import { makePlace } from '../clis/place.ts';
import { taskAgent } from '../clis/task-agent.ts';
import { builtProgram } from '../helpers/built.ts';
import { openTerminal } from '../helpers/terminal.ts';
import { approveShown, pressArmed } from '../helpers/trial.ts';
import { until } from '../helpers/until.ts';
import { startModelServer } from '../model-server/server.ts';

const claude = clis.find(({ name }) => name === 'claude');
const there = claude !== undefined && programOf(claude) !== null;
if (!there) console.warn('skipped: claude is not installed; sh scripts/test-clis.sh claude');

test.runIf(there)(
  'asks, is answered with one key and in its pane, and its work lands',
  { timeout: 240_000 },
  async () => {
    const server = await startModelServer([taskAgent()]);
    const { root, env, remove } = makePlace(claude ? [claude] : [], { url: server.url });
    const worker = { model: 'claude:sonnet', drive: 'interactive', permissions: 'ask', can_plan: false };
    writeFileSync(join(root, 'oompa.json'), JSON.stringify({ workers: [worker] }));
    mkdirSync(join(root, 'tasks', 'pending'), { recursive: true });
    for (const id of ['one', 'two'])
      writeFileSync(join(root, 'tasks', 'pending', `${id}.json`), JSON.stringify({ id, summary: `make ${id}.txt` }));
    const tag = randomUUID();
    const terminal = await openTerminal([...builtProgram(), 'tui'], { cwd: root, env: { ...env, OOMPA_E2E: tag } });
    onTestFinished(async () => {
      await terminal.close();
      await sweepTagged('OOMPA_E2E', tag, { graceMs: 2_000 });
      await server.close();
      remove();
    });

    await terminal.sees(/⚑ needs you w0 claude:sonnet[\s\S]*Write one\.txt \+1 -0/);
    await terminal.sees(/4 Pane w0 · needs you · by (?:hook|transcript)[\s\S]*Do you want to create one\.txt\?/);
    await pressArmed(terminal, 'y', /allowed w0/, 'press the key again');
    await terminal.sees('1 for you');
    await terminal.press('3');
    await approveShown(terminal);
    await terminal.sees('1 of 2 complete');

    await terminal.sees(/⚑ needs you w0[\s\S]*Write two\.txt \+1 -0/);
    await terminal.press('1', 'Enter');
    await terminal.sees(/Do you want to create two\.txt\?[\s\S]*\[oompa-/);
    // It takes no key in the moment in which it draws its dialogue anew; a person presses again.
    const answer = async () => {
      if (!(await terminal.screen()).includes('Do you want to create')) return true;
      await terminal.press('Enter');
      return false;
    };
    await until('the dialogue is answered', answer, { everyMs: 1_500 });
    await terminal.sees(/Made\./);
    await terminal.press('C-q');
    await terminal.sees('1 for you');
    await terminal.press('w');
    await approveShown(terminal);
    await terminal.sees('2 of 2 complete');
    expect(readFileSync(join(root, 'two.txt'), 'utf8')).toContain('two is done');
    await terminal.press('Q');
    await terminal.sees('Stop the whole swarm');
    await terminal.press('y');
    await terminal.ended(0);
  },
);

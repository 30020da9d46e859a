import { afterEach, describe, expect, it } from 'vitest';
import { emptyState } from '../../src/core/state.ts';
import { busyState, makePorts, makeState, makeWorker, sha } from './fixtures.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

describe('what the face sees by itself', () => {
  it('writes nothing while nothing happens', async () => {
    stage = await openStage({ state: busyState() });
    await stage.sees('w0 reads src/todo.js');
    await stage.until(
      () => stage.ports.calls.filter((call) => call.startsWith('progress')).length >= 6,
      'all measured',
    );
    const looks = () => stage.ports.calls.filter((call) => call.startsWith('live')).length;
    const seen = looks();
    await stage.until(() => looks() > seen, 'another look');
    const written = stage.bytes().length;
    await stage.until(() => looks() > seen + 2, 'two more looks');
    expect(stage.bytes().length).toBe(written);
  });

  it('folds the journal as it grows', async () => {
    stage = await openStage({ state: emptyState });
    await stage.sees('no swarm yet');
    stage.ports.tell([
      {
        seq: 0,
        at: new Date().toISOString(),
        event: {
          type: 'swarm.started',
          format: 1,
          swarm: '1f2e3d4c',
          root: '/work/shop',
          base: { branch: 'trunk', sha: sha(1) },
          config: busyState().swarm?.config as never,
          providers: {},
          configFile: null,
        },
        effects: [],
      },
    ]);
    await stage.sees(`shop  trunk@${sha(1).slice(0, 7)}`);
  });

  it('looks at the pane of the selected worker only, and shows what changed', async () => {
    let says = 'first';
    const ports = makePorts();
    ports.screen = async (worker) => {
      ports.calls.push(`screen ${worker}`);
      return [`${worker} ${says}`];
    };
    stage = await openStage({ state: makeState({ workers: [makeWorker('w0'), makeWorker('w1')] }), ports });
    await stage.sees('w0 first');
    expect(ports.calls).not.toContain('screen w1');
    says = 'second';
    await stage.sees('w0 second');
    stage.press('j');
    await stage.sees('w1 second');
    stage.press('3');
    await stage.until(() => !stage.text().includes('w1 second'), 'another panel');
    const looks = ports.calls.filter((call) => call.startsWith('screen')).length;
    stage.press('2');
    await stage.sees('No tasks yet');
    expect(ports.calls.filter((call) => call.startsWith('screen')).length).toBeLessThanOrEqual(looks + 1);
  });

  it('goes on when a port fails', async () => {
    let broken = true;
    const ports = makePorts();
    const { live } = ports;
    ports.live = async (workers) => {
      if (broken) {
        broken = false;
        throw new Error('no such file');
      }
      return live(workers);
    };
    stage = await openStage({ state: busyState(), ports });
    await stage.sees('w0 runs the tests');
  });

  it('keeps stray console output off the screen and says it in the footer', async () => {
    stage = await openStage({ state: busyState() });
    console.warn('a stray \x1b[2J warning');
    await stage.sees('a stray  warning');
    expect(stage.bytes()).not.toContain('\x1b[2J');
  });
});

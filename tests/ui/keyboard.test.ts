import { afterEach, describe, expect, it } from 'vitest';
import { checksDigest } from '../../src/core/select.ts';
import type { State } from '../../src/core/state.ts';
import { busyState, makeChange, makePorts, makeState, makeTask, makeWorker, sha } from './fixtures.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const open = async (state: State, more: Partial<StageOptions> = {}) => {
  stage = await openStage({ state, ...more });
  return stage;
};
const armingTime = 400;
const wished = (count: number) => stage.until(() => stage.ports.wishes.length === count, `${count} wishes`);

describe('approving', () => {
  it('sends exactly what is on the screen, once it has stood there', async () => {
    const change = makeChange(1);
    await open(makeState({ changes: [change] }));
    stage.press('3');
    await stage.sees('onto main@');
    stage.press('a');
    await stage.sees('look at it, then press a again');
    expect(stage.ports.wishes).toEqual([]);
    stage.clock.move(armingTime);
    stage.press('a');
    await wished(1);
    expect(stage.ports.wishes).toEqual([
      {
        wish: 'approve',
        change: change.id,
        head: change.id,
        base: change.integration?.base,
        checks: checksDigest(change),
      },
    ]);
    await stage.sees('approving');
  });

  it('goes on to the next one, which must be looked at first', async () => {
    await open(makeState({ changes: [makeChange(1), makeChange(2)] }));
    stage.press('3');
    await stage.sees('onto main@');
    stage.clock.move(armingTime);
    const first = stage.rows().find((row) => row.includes('▸ ⚑ approve?'));
    stage.press('a');
    await wished(1);
    const second = () => stage.rows().find((row) => row.includes('▸ ⚑ approve?'));
    await stage.until(() => second() !== undefined && second() !== first, 'the other change is selected');
    stage.press('a');
    await stage.sees('look at it, then press a again');
    stage.clock.move(armingTime);
    stage.press('a');
    await wished(2);
    const [one, two] = stage.ports.wishes;
    expect(one && 'change' in one && one.change).not.toBe(two && 'change' in two && two.change);
  });

  it('does not send the same approval twice', async () => {
    await open(makeState({ changes: [makeChange(1)] }));
    stage.press('3');
    await stage.sees('onto main@');
    stage.clock.move(armingTime);
    stage.press('a');
    await stage.sees('approved ');
    stage.press('a');
    await stage.sees('is on its way');
    expect(stage.ports.wishes).toHaveLength(1);
  });

  it('is disarmed when the facts change under the hand, and then binds the new ones', async () => {
    const change = makeChange(1);
    await open(makeState({ changes: [change], seq: 0 }));
    stage.press('3');
    await stage.sees(`onto main@${sha(900).slice(0, 7)}`);
    stage.clock.move(armingTime);
    // The base moves, and lead checks the change again on the new one.
    const at = new Date().toISOString();
    const integrate = {
      type: 'change.integrate',
      change: change.id,
      worker: 'w0',
      tasks: [],
      base: sha(901),
      at,
    } as const;
    const checks = [{ name: 'tests', ok: true, code: 0, durationMs: 1, tail: '' }];
    stage.ports.tell([
      { seq: 1, at, event: { type: 'base.moved', sha: sha(901) }, effects: [{ ...integrate, tasks: [] }] },
      {
        seq: 2,
        at,
        cause: '1.0',
        event: {
          type: 'change.integrated',
          change: change.id,
          base: sha(901),
          commit: sha(7),
          tree: sha(8),
          checks,
          escapes: [],
        },
        effects: [],
      },
    ]);
    await stage.sees(`onto main@${sha(901).slice(0, 7)}`);
    stage.press('a');
    await stage.sees('look at it, then press a again');
    expect(stage.ports.wishes).toEqual([]);
    stage.clock.move(armingTime);
    stage.press('a');
    await wished(1);
    expect(stage.ports.wishes[0]).toMatchObject({ base: sha(901), checks: `${sha(8)} tests=ok` });
  });

  it('says why it cannot', async () => {
    await open(busyState());
    stage.press('a');
    await stage.sees('approve works in: review queue (3)');
    stage.press('3jja');
    await stage.sees('is checking: only a change that awaits approval');
    stage.press('4a');
    await stage.sees('look at the change first');
    expect(stage.ports.wishes).toEqual([]);
  });

  it('says when the wish cannot be delivered, and lets it be tried again', async () => {
    let broken = true;
    const ports = makePorts();
    const send = ports.send;
    ports.send = async (wish) => {
      if (broken) throw new Error('the mailbox is full');
      await send(wish);
    };
    await open(makeState({ changes: [makeChange(1)] }), { ports });
    stage.press('3');
    await stage.sees('onto main@');
    stage.clock.move(armingTime);
    stage.press('a');
    await stage.sees('not delivered: the mailbox is full');
    broken = false;
    stage.press('a');
    await wished(1);
  });
});

describe('rejecting', () => {
  it('sends the note that was written, edited and pasted', async () => {
    await open(makeState({ changes: [makeChange(1)] }));
    stage.press('3');
    await stage.sees('onto main@');
    stage.press('r');
    await stage.sees('reject ');
    stage.press('mend teh 日本x');
    await stage.sees('mend teh 日本x');
    stage.press('\x7f');
    stage.press('\x01');
    stage.press('please ');
    stage.press('\x05');
    stage.press('\x1b[200~ now\nplease\x1b[201~');
    await stage.sees('please mend teh 日本 now please');
    stage.press('\r');
    await wished(1);
    expect(stage.ports.wishes).toEqual([{ wish: 'reject', change: sha(1), note: 'please mend teh 日本 now please' }]);
  });

  it('is cancelled by Esc and wants a note', async () => {
    await open(makeState({ changes: [makeChange(1)] }));
    stage.press('3r');
    await stage.sees('Esc cancel');
    stage.press('\r');
    await stage.sees('say what should change');
    stage.press('q\x15');
    stage.press('\x1b');
    await stage.sees('Enter open');
    expect(stage.ports.wishes).toEqual([]);
  });

  it('types into the note, not into the table of actions', async () => {
    await open(makeState({ changes: [makeChange(1)] }));
    stage.press('3r');
    await stage.sees('Esc cancel');
    stage.press('qQxaw?123');
    await stage.sees('qQxaw?123');
    stage.press('\r');
    await wished(1);
    expect(stage.ports.wishes[0]).toMatchObject({ note: 'qQxaw?123' });
  });
});

describe('workers', () => {
  it('pauses, resumes, adds, and asks before it stops or removes', async () => {
    await open(
      makeState({ workers: [makeWorker('w0', { status: 'working' }), makeWorker('w1', { status: 'paused' })] }),
    );
    stage.press('p');
    await wished(1);
    stage.press('jp');
    await wished(2);
    stage.press('+');
    await wished(3);
    stage.press('x');
    await stage.sees('Stop w1?');
    stage.press('n');
    await stage.sees('nothing was done');
    stage.press('xy');
    await wished(4);
    stage.press('-y');
    await wished(5);
    expect(stage.ports.wishes).toEqual([
      { wish: 'pause', worker: 'w0' },
      { wish: 'resume', worker: 'w1' },
      { wish: 'add-worker', like: 'w1' },
      { wish: 'stop-worker', worker: 'w1' },
      { wish: 'remove-worker' },
    ]);
  });

  it('lends the terminal to attach, and comes back to an intact screen', async () => {
    const ran: string[] = [];
    const ports = makePorts({ attach: async (worker) => ({ kind: 'exec', run: async () => void ran.push(worker) }) });
    await open(makeState({ workers: [makeWorker('w0')] }), { ports });
    await stage.sees('supervisor up');
    await stage.sees('+41 -3');
    await stage.sees('w0 runs the tests');
    const before = stage.rows();
    const written = stage.bytes().length;
    stage.press('\r');
    await stage.until(() => ran.length === 1, 'attached');
    await stage.until(() => stage.bytes().slice(written).includes('\x1b[?1049h'), 'back on the alternate screen');
    await stage.sees('1 Workers');
    expect(stage.bytes().slice(written)).toContain('\x1b[?1049l');
    expect(stage.rows().slice(0, 4)).toEqual(before.slice(0, 4));
    stage.press('?');
    await stage.sees('any other key closes');
  });

  it('passes keys to an embedded pane until Ctrl-q', async () => {
    const keys: string[] = [];
    const ports = makePorts({
      attach: async () => ({ kind: 'inside', write: (bytes) => void keys.push(bytes), resize: () => {} }),
    });
    await open(makeState({ workers: [makeWorker('w0')] }), { ports });
    stage.press('\r');
    await stage.sees('in the pane of w0');
    stage.press('hq\r');
    stage.press('\x1b[A');
    stage.press('\x03');
    await stage.until(() => keys.join('') === 'hq\r\x1b[A\x03', 'keys in the pane');
    stage.press('\x11');
    await stage.sees('1 Workers');
    expect(stage.ports.wishes).toEqual([]);
  });

  it('says why it cannot attach', async () => {
    const ports = makePorts({
      attach: async () => {
        throw new Error('the tmux server is gone');
      },
    });
    await open(makeState({ workers: [makeWorker('w0'), makeWorker('w1', { status: 'failed', pane: null })] }), {
      ports,
    });
    stage.press('\r');
    await stage.sees('cannot attach to w0: the tmux server is gone');
    stage.press('j\r');
    await stage.sees('w1 has no pane now: it is failed');
  });
});

describe('moving and leaving', () => {
  it('puts a blocked task back, and only a blocked one', async () => {
    await open(makeState({ tasks: [makeTask('a'), makeTask('b', { status: 'blocked', attempts: 3 })] }));
    stage.press('2u');
    await stage.sees('a is not blocked');
    stage.press('lu');
    await wished(1);
    expect(stage.ports.wishes).toEqual([{ wish: 'requeue', tasks: ['b'] }]);
  });

  it('goes round what needs the operator', async () => {
    await open(busyState(), { size: { cols: 140, rows: 40 } });
    stage.press('w');
    await stage.sees('onto main@');
    stage.press('ww');
    await stage.sees(/▸ ⚑ needs you w3/);
    stage.press('www');
    await stage.sees('onto main@');
  });

  it('moves between panels by number and by Tab', async () => {
    await open(busyState());
    stage.press('5');
    await stage.sees('5 Diff');
    await stage.sees('a title is needed');
    stage.press('\t');
    await stage.sees('4 Pane w0');
    stage.press('\x1b[Z');
    stage.press('2\r');
    await stage.sees('tasks/pending/cache.json');
  });

  it('shows every action in the help, and closes it', async () => {
    await open(busyState());
    stage.press('?');
    await stage.sees('any other key closes');
    await stage.sees('approve the change on the screen');
    stage.press('G');
    await stage.sees('stop the swarm (asks)');
    stage.press('q');
    await stage.sees('1 Workers');
  });

  it('leaves a running swarm with q', async () => {
    await open(busyState());
    stage.press('q');
    expect(await stage.farewell).toBe('left');
    expect(stage.ports.wishes).toEqual([]);
    expect(stage.bytes()).toMatch(/\x1b\[\?1049l\x1b\[\?25h$/);
  });

  it('asks before it leaves panes that die with it', async () => {
    const state = busyState();
    await open({ ...state, swarm: state.swarm && { ...state.swarm, panes: 'pty' } });
    await stage.sees('embedded, not durable');
    stage.press('q');
    await stage.sees('leaving ends them');
    stage.press('y');
    expect(await stage.farewell).toBe('left');
  });

  it('stops the swarm with Q, and goes when it has stopped', async () => {
    await open(makeState({ seq: 0 }));
    stage.press('Q');
    await stage.sees('Stop the whole swarm?');
    stage.press('y');
    await wished(1);
    expect(stage.ports.wishes).toEqual([{ wish: 'stop' }]);
    const at = new Date().toISOString();
    stage.ports.tell([
      { seq: 1, at, event: { type: 'swarm.stop-asked', by: 'operator' }, effects: [] },
      { seq: 2, at, event: { type: 'swarm.stopped', reason: 'interrupted', left: [] }, effects: [] },
    ]);
    expect(await stage.farewell).toBe('stopped');
  });
});

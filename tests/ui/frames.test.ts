import stringWidth from 'string-width';
import { afterEach, describe, expect, it } from 'vitest';
import type { State } from '../../src/core/state.ts';
import type { Size } from '../../src/ui/ports.ts';
import { skeletonRows } from '../../src/ui/skeleton.ts';
import { createTheme } from '../../src/ui/theme.ts';
import {
  busyState,
  makeChange,
  makeMail,
  makeMailbox,
  makePorts,
  makeState,
  makeTask,
  makeWorker,
  sha,
} from './fixtures.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const sizes: readonly Size[] = [
  { cols: 60, rows: 15 },
  { cols: 80, rows: 24 },
  { cols: 100, rows: 30 },
  { cols: 140, rows: 40 },
  { cols: 200, rows: 60 },
];

function manyState(): State {
  return makeState({
    workers: Array.from({ length: 200 }, (_, at) =>
      makeWorker(`w${at}`, { status: 'working', claims: [`task-${at}`] }),
    ),
    tasks: Array.from({ length: 1_000 }, (_, at) => makeTask(`task-${String(at).padStart(4, '0')}`)),
    changes: Array.from({ length: 40 }, (_, at) => makeChange(at)),
  });
}

const states: readonly (readonly [string, State])[] = [
  ['a busy swarm', busyState()],
  ['an empty swarm', makeState()],
  ['no swarm', { ...makeState(), swarm: null }],
  ['a stopped swarm', makeState({ swarm: { ...makeState().swarm, status: 'stopped' } as State['swarm'] })],
  ['a crowd', manyState()],
];

/** What must hold of every frame: it fits, and its borders are whole and stand where they should. */
function expectFits({ cols, rows }: Size) {
  const seen = stage.rows();
  expect(seen).toHaveLength(rows);
  expect(seen.at(-1)).toBe('');
  for (const row of seen) expect(stringWidth(row), stage.text()).toBeLessThanOrEqual(cols);
  const edges = seen.filter((row) => /^[╭│╰]/.test(row));
  expect(edges.length).toBe(rows - 4);
  for (const row of edges) {
    expect(row).toMatch(/[╮│╯]$/);
    expect(stringWidth(row)).toBe(cols);
  }
}

describe.each(sizes)('at $cols x $rows', (size) => {
  it.each(states)('draws %s', async (_, state) => {
    const mail = makeMailbox([makeMail(1), makeMail(2, { options: ['yes', 'no'] })]);
    stage = await openStage({ state, size, ports: makePorts({ mail }) });
    await stage.until(() => stage.ports.calls.some((call) => call.startsWith('live')), 'the first look');
    for (const key of ['1', '2', '3', '4', '5', 'z', 'm', '\t', 'z', '?']) {
      stage.press(key);
      await stage.sees(key === '?' ? 'Help' : /q (?:leave|close mail)/);
      expectFits(size);
    }
  });
});

describe('the facts', () => {
  it('tells where, who and what matters at the top', async () => {
    stage = await openStage({ state: busyState() });
    await stage.sees('supervisor up');
    const [header] = stage.rows();
    expect(header).toBe(
      ` oompa  todo-api  main@${sha(900).slice(0, 7)}  ● supervisor up  tmux  ⚑ 5 need you  ◆ 3 in review  ▶ 2 working  ✗ 1 failed`,
    );
  });

  it('keeps them at 80 columns', async () => {
    const state = busyState();
    stage = await openStage({
      state: { ...state, swarm: state.swarm && { ...state.swarm, panes: 'pty' } },
      size: { cols: 80, rows: 24 },
    });
    await stage.sees('● up');
    for (const fact of ['todo-api', `main@${sha(900).slice(0, 7)}`, '5 you', '3 review', '2 work', '1 fail'])
      expect(stage.rows()[0]).toContain(fact);
    expect(stage.rows()[0]).toMatch(/pty, not durable/);
  });

  it('tells how full the lanes are, and lets them go first where it is narrow', async () => {
    const state = busyState();
    const limits = { anthropic: 1, 'claude:opus': 4 };
    const swarm = state.swarm && {
      ...state.swarm,
      config: { ...state.swarm.config, limits },
      providers: { 'claude:opus': 'anthropic' },
    };
    const turn = { id: 'w0-t1', kind: 'work', note: '', sentAt: state.at, review: null } as const;
    const workers = Object.fromEntries(
      Object.entries(state.workers).map(([id, worker]) => [id, id === 'w0' ? { ...worker, turn } : worker]),
    );
    stage = await openStage({ state: { ...state, swarm, workers }, size: { cols: 150, rows: 40 } });
    await stage.sees('● supervisor up');
    expect(stage.rows()[0]).toMatch(/ 1 failed {2}anthropic 1\/1 {2}claude:opus 1\/4$/);
    await stage.close();
    stage = await openStage({ state: { ...state, swarm, workers }, size: { cols: 80, rows: 24 } });
    await stage.sees('● up');
    expect(stage.rows()[0]).not.toContain('1/4');
    expect(stage.rows()[0]).toContain('5 need you');
  });

  it('tells what a task has used', async () => {
    const tasks = [
      makeTask('dear', { usage: { inputTokens: 3_400, outputTokens: 90, costUsd: 0.5 } }),
      makeTask('free'),
    ];
    stage = await openStage({ state: makeState({ tasks }), size: { cols: 140, rows: 40 } });
    stage.press('2');
    await stage.sees('used 3400 tokens in, 90 out, $0.50');
    stage.press('j');
    await stage.sees('Task free');
    expect(stage.text()).not.toContain('used ');
  });

  it('gives every worker, task and change its line', async () => {
    stage = await openStage({ state: busyState() });
    await stage.sees('w0 runs the tests');
    const text = stage.text();
    expect(text).toMatch(/▶ working +w0 claude:opus +2m add-due-dates +\+41 -3 w0 runs the tests/);
    expect(text).toMatch(/⚑ needs you w3 .*asks for permission: rm -rf dist/);
    expect(text).toMatch(/command:my-agent\.mjs/);
    for (const head of ['pending 3', 'current 3', 'review 2', 'blocked 1', 'complete 2']) expect(text).toContain(head);
    expect(text).toMatch(/⚑ approve\? +[0-9a-f]{7} task-1 +w2 +\+34 -3 ✓1\/1/);
    expect(text).toMatch(/‖ held/);
    expect(text).toContain('merged 1a2b3c7 A health route');
  });

  it('shows base, head, checks with the end of their output, and the diff', async () => {
    stage = await openStage({ state: busyState(), size: { cols: 140, rows: 60 } });
    stage.press('3G');
    await stage.sees('exit 1');
    await stage.sees('a title is needed');
    for (const fact of [
      `base ${sha(899).slice(0, 7)}`,
      `head ${sha(4).slice(0, 7)}`,
      '✗ tests',
      'expected: 2026-01-01',
      'checks failed: tests',
      '+20 -3  src/todo.js',
    ]) {
      expect(stage.text()).toContain(fact);
    }
    // A removed line that looks like a header is a line; the headers of git are not.
    expect(stage.text()).toContain('-- old comment');
    expect(stage.text()).not.toContain('index 1111111');
  });

  it('tells what was left out of a diff, and why there is none', async () => {
    const ports = makePorts({ diff: async () => ({ files: [], text: '', omitted: ['big.bin'] }) });
    stage = await openStage({ state: busyState(), ports });
    stage.press('3');
    await stage.sees('left out because it is too long: big.bin');
    await stage.close();
    const broken = makePorts({
      diff: async () => {
        throw new Error('git is gone');
      },
    });
    stage = await openStage({ state: busyState(), ports: broken });
    stage.press('3');
    await stage.sees('the diff cannot be shown: git is gone');
  });

  it('helps where there is nothing', async () => {
    stage = await openStage({ state: makeState(), ports: makePorts({ supervisorUp: async () => false }) });
    await stage.sees('supervisor down');
    for (const help of [
      'Put a file in tasks/pending/',
      'Start it: oompa run',
      'Nothing to review yet',
      'the supervisor is not running: oompa run',
    ]) {
      expect(stage.text()).toContain(help);
    }
  });

  it('says when the terminal is too small, and comes back', async () => {
    stage = await openStage({ state: busyState(), size: { cols: 59, rows: 24 } });
    expect(stage.text().trim()).toBe('terminal too small: need 60x15');
    stage.resize({ cols: 80, rows: 24 });
    await stage.sees('1 Workers');
    expectFits({ cols: 80, rows: 24 });
  });
});

describe('crowds', () => {
  it('draws and looks at visible rows only, and scrolls to the rest', async () => {
    stage = await openStage({ state: manyState() });
    await stage.until(() => stage.ports.calls.some((call) => call.startsWith('live')), 'the first look');
    const looked = stage.ports.calls.filter((call) => call.startsWith('live')).map((call) => Number(call.slice(5)));
    expect(Math.max(...looked)).toBeLessThanOrEqual(12);
    expect(stage.text()).toContain('task-0000');
    expect(stage.text().match(/task-\d{4}/g)?.length).toBeLessThan(20);
    stage.press('2G');
    await stage.sees(/▸ task-0999/);
    expect(stage.text()).not.toContain('task-0000');
    stage.press('1G');
    await stage.sees(/▸ ▶ working {3}w199/);
    await stage.sees('193-200 of 200');
  });
});

describe('resizing', () => {
  it.each([
    [
      { cols: 140, rows: 40 },
      { cols: 80, rows: 24 },
    ],
    [
      { cols: 80, rows: 24 },
      { cols: 200, rows: 60 },
    ],
    [
      { cols: 200, rows: 60 },
      { cols: 60, rows: 60 },
    ],
    [
      { cols: 140, rows: 40 },
      { cols: 139, rows: 40 },
    ],
    [
      { cols: 100, rows: 40 },
      { cols: 100, rows: 15 },
    ],
  ])('from %j to %j draws one whole frame', async (from, to) => {
    stage = await openStage({ state: busyState(), size: from });
    await stage.sees('w0 reads src/todo.js').catch(() => {});
    stage.resize(to);
    const isWhole = () => {
      const edges = stage.rows().filter((row) => row.startsWith('╭'));
      return (
        edges.length >= 3 &&
        edges.every((row) => row.endsWith('╮') && stringWidth(row) === to.cols) &&
        stage.rows().at(-2)?.endsWith('q leave')
      );
    };
    await stage.until(() => isWhole() === true, 'a frame of the new size');
    expectFits(to);
    stage.press('?');
    await stage.sees('any other key closes');
    expectFits(to);
  });
});

describe('the skeleton', () => {
  it.each(sizes)('has the outline of the first frame at $cols x $rows', async (size) => {
    const state = makeState({ workers: [makeWorker('w0'), makeWorker('w1')] });
    stage = await openStage({ state, size });
    const facts = { repository: 'todo-api', branch: 'main', sha: sha(900), rows: { workers: 2, tasks: 0, queue: 0 } };
    const drawn = skeletonRows(size.cols, size.rows, facts, createTheme({ unicode: true, colour: false }));
    const corners = (rows: readonly string[]) =>
      rows.map((row) =>
        [...row.replace(/\x1b\[[\d;]*m/g, '')]
          .map((each) => ('╭╮╰╯│'.includes(each) ? each : ' '))
          .join('')
          .trimEnd(),
      );
    expect(corners(drawn)).toEqual(corners(stage.rows().slice(0, -1)));
    for (const row of drawn) expect(stringWidth(row)).toBeLessThanOrEqual(size.cols);
    if (size.cols >= 100)
      expect(drawn[0]?.replace(/\x1b\[[\d;]*m/g, '')).toBe(` oompa  todo-api  main@${sha(900).slice(0, 7)}`);
  });
});

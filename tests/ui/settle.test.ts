import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { State } from '../../src/core/state.ts';
import { queueList } from '../../src/ui/lists.ts';
import { moveBy, toNextNeed } from '../../src/ui/moves.ts';
import { settle, settlePick, topFor } from '../../src/ui/settle.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { firstView, type View } from '../../src/ui/view.ts';
import { busyState, makeChange, makeState, makeTask, sha, start } from './fixtures.ts';

const theme = createTheme({ unicode: true, colour: false });
const viewOf = (state: State, more: Partial<View> = {}) =>
  settle({ ...firstView(state, { cols: 140, rows: 40 }, theme, start), ...more });
const then = (view: View, change: (view: View) => Partial<View>) => settle({ ...view, ...change(view) });

describe('selection', () => {
  it('follows identity when the list is sorted anew', () => {
    const changes = [makeChange(1), makeChange(2), makeChange(3)];
    const view = then(viewOf(makeState({ changes }), { focus: 'queue' }), moveBy(1));
    const { id } = view.picks.queue;
    expect(queueList(view.state)[1]?.id).toBe(id);
    // Others are merged, and it is the first now.
    const merged = changes.map((each) => (each.id === id ? each : { ...each, status: 'merged' as const }));
    const after = settle({ ...view, state: makeState({ changes: merged }) });
    expect(after.picks.queue).toEqual({ id, index: 0 });
  });

  it('goes to what took its place when it is gone', () => {
    expect(settlePick(['a', 'b', 'd'], { id: 'c', index: 2 })).toEqual({ id: 'd', index: 2 });
    expect(settlePick(['a', 'b'], { id: 'c', index: 2 })).toEqual({ id: 'b', index: 1 });
    expect(settlePick([], { id: 'c', index: 2 })).toEqual({ id: null, index: 0 });
    expect(settlePick(['a'], { id: null, index: 0 })).toEqual({ id: 'a', index: 0 });
  });

  it('walks a column of tasks, keeps to it, and goes to the next one sideways', () => {
    const tasks = [makeTask('a'), makeTask('b'), makeTask('c', { status: 'merged' })];
    const view = viewOf(makeState({ tasks }), { focus: 'tasks' });
    expect(view.picks.tasks.id).toBe('a');
    expect(then(view, moveBy(1e9)).picks.tasks.id).toBe('b');
    expect(then(then(view, moveBy(1e9)), moveBy(1)).picks.tasks.id).toBe('b');
  });

  it('walks all sections where tasks are one list', () => {
    const tasks = [makeTask('a'), makeTask('b', { status: 'handed-in' }), makeTask('c', { status: 'merged' })];
    const view = viewOf(makeState({ tasks }), {
      focus: 'tasks',
      size: { cols: 80, rows: 24 },
      picks: { ...viewOf(makeState()).picks, tasks: { id: 'b', index: 0 } },
    });
    const order = [view, then(view, moveBy(1)), then(view, moveBy(2)), then(view, moveBy(3))].map(
      ({ picks }) => picks.tasks.id,
    );
    expect(order).toEqual(['b', 'a', 'c', 'c']);
  });

  it('goes through everything that needs the operator, and round again', () => {
    let view = viewOf(busyState());
    const seen: (string | null)[] = [];
    for (let step = 0; step < 6; step += 1) {
      view = then(view, toNextNeed);
      seen.push(view.focus === 'right' ? null : view.picks[view.focus].id);
    }
    expect(seen).toEqual([sha(1), sha(5), 'w3', 'w4', 'legacy', sha(1)]);
  });
});

describe('windows', () => {
  it('hold the selected row, fill the room, and move as little as they can', () => {
    const numbers = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 60 }), numbers, numbers, (count, height, at, before) => {
        const index = Math.min(at, Math.max(0, count - 1));
        const top = topFor(count, height, index, before);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(Math.max(0, count - height));
        if (count > 0) expect(index >= top && index < top + height).toBe(true);
        // Where nothing forced it, it did not move.
        if (index >= before && index < before + height && before <= Math.max(0, count - height))
          expect(top).toBe(before);
      }),
    );
  });

  it('are the very same value when nothing moved, so that nothing is drawn', () => {
    const view = viewOf(busyState());
    expect(settle(view).tops).toBe(view.tops);
  });
});

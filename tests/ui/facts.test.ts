import { describe, expect, it } from 'vitest';
import { armingMs, createArming, factsOf, factsShown } from '../../src/ui/facts.ts';
import { settle } from '../../src/ui/settle.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { firstView } from '../../src/ui/view.ts';
import { makeChange, makeClock, makeState, sha, start } from './fixtures.ts';

describe('arming', () => {
  const stage = () => {
    const clock = makeClock();
    const arming = createArming(clock);
    const paint = (facts: string | null) => {
      arming.rendered(facts);
      arming.painted();
    };
    return { clock, arming, paint };
  };

  it('takes its time from the paint, not from the commit', () => {
    const { clock, arming } = stage();
    arming.rendered('a');
    clock.move(10 * armingMs);
    expect(arming.isArmed('a')).toBe(false);
    arming.painted();
    clock.move(armingMs - 1);
    expect(arming.isArmed('a')).toBe(false);
    clock.move(1);
    expect(arming.isArmed('a')).toBe(true);
    expect(arming.isArmed('b')).toBe(false);
  });

  it('stays armed while other things are painted around the same facts', () => {
    const { clock, arming, paint } = stage();
    paint('a');
    clock.move(armingMs);
    paint('a');
    expect(arming.isArmed('a')).toBe(true);
  });

  it('is lost when the facts change, leave, or come back', () => {
    const { clock, arming, paint } = stage();
    paint('a');
    clock.move(armingMs);
    arming.rendered('b');
    expect(arming.isArmed('a')).toBe(false);
    arming.painted();
    clock.move(armingMs);
    expect(arming.isArmed('b')).toBe(true);
    paint(null);
    paint('b');
    expect(arming.isArmed('b')).toBe(false);
  });
});

describe('facts', () => {
  it('differ with head, base, tree, checks and status', () => {
    const change = makeChange(1);
    const integration = change.integration ?? { base: '', commit: '', tree: '', checks: [] };
    const others = [
      makeChange(2),
      { ...change, status: 'queued' as const },
      { ...change, integration: { ...integration, base: sha(901) } },
      { ...change, integration: { ...integration, tree: sha(902) } },
      {
        ...change,
        integration: { ...integration, checks: integration.checks.map((check) => ({ ...check, ok: false })) },
      },
    ];
    expect(new Set([change, ...others].map(factsOf)).size).toBe(others.length + 1);
    expect(factsOf({ ...change })).toBe(factsOf(change));
  });

  it('are shown only where the change is what the operator looks at', () => {
    const view = settle(
      firstView(
        makeState({ changes: [makeChange(1)] }),
        { cols: 140, rows: 40 },
        createTheme({ unicode: true, colour: true }),
        start,
      ),
    );
    expect(factsShown(view)).toBeNull();
    expect(factsShown({ ...view, focus: 'queue' })).toBe(factsOf(makeChange(1)));
    expect(factsShown({ ...view, focus: 'right', right: 'diff' })).toBe(factsOf(makeChange(1)));
    expect(factsShown({ ...view, focus: 'right', right: 'pane' })).toBeNull();
    expect(factsShown({ ...view, focus: 'queue', mode: { kind: 'help' } })).toBeNull();
  });
});

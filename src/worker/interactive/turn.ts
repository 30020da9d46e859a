// One turn of an interactive harness: what was seen of it, its limits, and what it comes to.
import type { Turn, TurnErrorClass, WorkerLive } from '../../core/turn.ts';
import type { TuiEvent } from '../../harnesses/contract.ts';
import type { Judged } from '../begin-turn.ts';
import type { TurnRun } from '../drive.ts';
import { createTurnOutput, type TurnOutputOptions } from '../turn-output.ts';
import type { Asks } from './asks.ts';
import { screenText } from './deliver.ts';
import type { Guest } from './guest.ts';

export interface TuiTurn {
  readonly turn: Turn;
  /** The harness took its prompt. */
  readonly prompted: boolean;
  readonly over: boolean;
  /** What the agent said last. */
  readonly lastText: string;
  /** The harness should not be given another turn. */
  readonly spoilt: boolean;
  readonly judged: Promise<Judged>;
  heed(event: TuiEvent, source: WorkerLive['source']): void;
  /** Looks at the clock and, where nothing better speaks, at the screen. */
  tick(): void;
  /** The harness is gone. `read`: what its end means, by its exit code and its last screen. */
  exited(read: (code: number | null, screen: string) => TuiEvent[]): void;
  fail(kind: TurnErrorClass, message: string): void;
  /** Stopped by us: when it says so, or after a grace. */
  stopSoon(graceMs: number): void;
  stopNow(): void;
}

/** Silence of hooks and transcript after which the screen is asked; and how long it must say the same to be believed. */
const silentMs = 15_000;
const believeMs = 5_000;
/** A key this shortly before the harness went: a person ended it. */
const personMs = 5_000;

export function createTuiTurn(
  { turn, screen, transcript, status }: TurnRun,
  show: TurnOutputOptions['show'],
  asks: Asks,
  guest: () => Guest | null,
): TuiTurn {
  let prompted = false;
  let over = false;
  let spoilt = false;
  let lookedAt = performance.now();
  let spentMs = 0;
  let quietMs = 0;
  let idleMs = 0;
  let lastText = '';
  /** The ask that only the screen told of. */
  let onScreen: string | null = null;
  let judge: (judged: Judged) => void = () => {};
  const judged = new Promise<Judged>((resolve) => {
    judge = resolve;
  });
  const output = createTurnOutput({
    reader: { read: () => [] },
    // Drawn by `oompa log`; the pane is the harness's.
    loadMarkdown: async () => {},
    show,
    ...{ screen, transcript, status },
    onOver: () => {},
  });

  const finish = (how: (seen: Judged) => Partial<Judged> = () => ({})) => {
    if (over) return;
    over = true;
    const { lastWords: _, total: __, ...read } = output.finish({ by: 'over', code: null, spawnError: null });
    const seen: Judged = { ...read, exitCode: null, signal: null, outcome: read.error ? 'failed' : 'done' };
    judge({ ...seen, ...how(seen) });
  };
  const fail = (kind: TurnErrorClass, message: string) => {
    spoilt = true;
    finish(() => ({ outcome: 'failed', error: { class: kind, message } }));
  };
  const stopped = () => finish(() => ({ outcome: 'stopped', error: null }));
  /** Where hooks and transcript are silent the screen speaks, once it has said the same for a while. */
  const believe = (here: Guest, passedMs: number) => {
    const sees = here.look();
    if (sees === 'needs-you' && onScreen === null) {
      onScreen = `screen-${turn.turn}-${Date.now().toString(36)}`;
      asks.raise(turn, { id: onScreen, kind: 'dialog', text: screenText(here.tui), replies: null });
    } else if (sees !== 'needs-you' && onScreen !== null) {
      const id = onScreen;
      onScreen = null;
      asks.close((ask) => ask.id === id);
    }
    idleMs = sees === 'idle' ? idleMs + passedMs : 0;
    if (idleMs < believeMs) return;
    status.set({ source: 'screen' });
    finish();
  };

  return {
    turn,
    judged,
    get prompted() {
      return prompted;
    },
    get over() {
      return over;
    },
    get lastText() {
      return lastText;
    },
    get spoilt() {
      return spoilt;
    },
    heed(event, source) {
      if (over) return;
      quietMs = 0;
      idleMs = 0;
      status.set({ source, lastOutputAt: new Date().toISOString() });
      if (event.type === 'text') lastText = event.text;
      if (event.type === 'prompted') prompted = true;
      // What ends before our prompt was taken was not ours.
      else if (event.type === 'ended') {
        if (prompted) finish();
      } else if (event.type === 'interrupted') {
        if (prompted) stopped();
      } else if (event.type !== 'asked' && event.type !== 'answered' && event.type !== 'transcript')
        output.take([event]);
    },
    tick() {
      const now = performance.now();
      const passed = now - lookedAt;
      lookedAt = now;
      // A person takes their time.
      if (over || (asks.current && asks.current.id !== onScreen)) return;
      const here = guest();
      if (quietMs > silentMs && prompted && here) believe(here, passed);
      if (over || asks.current) return;
      spentMs += passed;
      quietMs += passed;
      if (spentMs > turn.timeouts.totalMs) fail('timeout', `ran longer than ${turn.timeouts.totalMs / 1_000} s`);
      else if (quietMs > turn.timeouts.idleMs) fail('stalled', `told nothing for ${turn.timeouts.idleMs / 1_000} s`);
    },
    exited(read) {
      spoilt = true;
      const here = guest();
      const { code = null, signal = null } = here?.tui.exit ?? {};
      for (const event of read(code, here ? here.tui.sight().rows.join('\n') : ''))
        if (!over) this.heed(event, 'screen');
      const byPerson = code === 0 || (here !== null && performance.now() - here.tui.keyboard.typedAt < personMs);
      const how = `${signal ? `ended by ${signal}` : `exit code ${code}`}${here ? `; ${screenText(here.tui)}` : ''}`;
      finish(({ error }) => {
        const facts = { exitCode: code, signal };
        if (!error && byPerson) return { ...facts, outcome: 'stopped' };
        return { ...facts, outcome: 'failed', error: error ?? { class: 'crash', message: how } };
      });
    },
    fail,
    stopSoon(graceMs) {
      setTimeout(() => {
        spoilt ||= !over;
        stopped();
      }, graceMs).unref();
    },
    stopNow() {
      spoilt = true;
      stopped();
    },
  };
}

// Panes that run no process: for tests and --dry-run. A scripted program stands in for the real one.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EffectError } from '../core/errors.ts';
import { cleanRows } from '../terminal/rows.ts';
import { keyBytes, pasteable } from '../terminal/typing.ts';
import type { Pane, PaneBackend, PaneSpec } from './contract.ts';
import { createFrames } from './frames.ts';
import { checkSpec } from './spec.ts';

/** What a scripted program has: a terminal that it prints on, input that people give, and its end. */
export interface ProgramIo {
  print(text: string): void;
  /** Ends the program: a code, or the name of a signal. Later calls change nothing. */
  exit(how: number | string): void;
  /** Text typed and keys pressed, as a terminal sends them. */
  onInput(listener: (bytes: string) => void): void;
  /** Polite signals. Without a listener a signal ends the program. */
  onSignal(listener: (signal: string) => void): void;
}
export type Program = (spec: PaneSpec, io: ProgramIo) => void | Promise<void>;

export interface MemoryPanesOptions {
  /** Plays the part of `spec.argv`. Default: prints nothing and runs until it is closed. When it throws, it ended with code 1. */
  program?: Program;
}

export function createMemoryPanes({ program = () => {} }: MemoryPanesOptions = {}): PaneBackend {
  const panes = new Map<string, MemoryPane>();
  const listeners = new Set<() => void>();
  let size = { cols: 120, rows: 40 };
  const hint = () => {
    for (const each of listeners) each();
  };
  const living = (key: string): MemoryPane => {
    const pane = panes.get(key);
    if (pane?.ended === null) return pane;
    throw new EffectError({
      code: 'pane-gone',
      message: `${key} has no living pane`,
      hint: 'it is opened again by a restart of the worker',
    });
  };
  const close = async (key: string, graceMs: number) => {
    const pane = panes.get(key);
    if (!pane) return;
    pane.signal('SIGTERM');
    for (const until = performance.now() + graceMs; pane.ended === null && performance.now() < until; ) await sleep(5);
    pane.exit('SIGKILL');
    if (panes.get(key) === pane) panes.delete(key);
  };
  const destroy = async () => {
    await Promise.all([...panes.keys()].map((key) => close(key, 100)));
  };

  return {
    kind: 'memory',
    durable: false,
    async open(spec) {
      await checkSpec(spec, { runs: false });
      const old = panes.get(spec.key);
      if (old?.ended === null) return toPane(old);
      const pane = createMemoryPane(spec.key, size, hint);
      panes.set(spec.key, pane);
      pane.run(() => program(spec, pane));
      return toPane(pane);
    },
    list: async () => [...panes.values()].map(toPane),
    capture: async (key) => panes.get(key)?.screen() ?? null,
    async type(key, text) {
      const pane = living(key);
      const data = pasteable(text);
      if (data !== '') pane.input(data);
    },
    async press(key, name) {
      const bytes = keyBytes(name);
      living(key).input(bytes);
    },
    async resize(key, cols, rows) {
      size = { cols, rows };
      living(key).resize(cols, rows);
    },
    close: (key, { graceMs = 3_000 } = {}) => close(key, graceMs),
    async attach(key) {
      const pane = living(key);
      return {
        kind: 'inside',
        write: pane.input,
        resize: pane.resize,
        onData: (listener) => createFrames(pane, listener),
      };
    },
    onHint(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    release: destroy,
    destroy,
  };
}

type MemoryPane = ReturnType<typeof createMemoryPane>;

function createMemoryPane(key: string, { cols, rows }: { cols: number; rows: number }, onExit: () => void) {
  const inputs = new Set<(bytes: string) => void>();
  const signals = new Set<(signal: string) => void>();
  const changes = new Set<() => void>();
  let lines = [''];
  let ended: Pane['exit'] = null;
  const exit = (how: number | string) => {
    if (ended) return;
    ended = typeof how === 'number' ? { code: how, signal: null } : { code: null, signal: how };
    onExit();
  };
  return {
    key,
    id: randomBytes(4).toString('hex'),
    get ended() {
      return ended;
    },
    run(start: () => void | Promise<void>): void {
      Promise.resolve()
        .then(start)
        .catch(() => exit(1));
    },
    signal(name: string): void {
      if (signals.size === 0) exit(name);
      for (const each of signals) each(name);
    },
    input(bytes: string): void {
      if (!ended) for (const each of inputs) each(bytes);
    },
    resize(newCols: number, newRows: number): void {
      cols = newCols;
      rows = newRows;
    },
    screen() {
      const shown = cleanRows(lines.slice(-rows));
      return { rows: [...shown, ...Array<string>(rows - shown.length).fill('')], cols };
    },
    cursor: () => ({ x: 0, y: Math.min(lines.length, rows) - 1 }),
    onChange(listener: () => void) {
      changes.add(listener);
      return () => changes.delete(listener);
    },
    // What the program sees (ProgramIo).
    print(text: string): void {
      if (ended) return;
      const [first = '', ...more] = text.replace(/\r\n?/g, '\n').split('\n');
      lines = [...lines.slice(0, -1), (lines.at(-1) ?? '') + first, ...more].slice(-500);
      for (const each of changes) each();
    },
    exit,
    onInput: (listener: (bytes: string) => void) => void inputs.add(listener),
    onSignal: (listener: (signal: string) => void) => void signals.add(listener),
  };
}

function toPane({ key, id, ended }: MemoryPane): Pane {
  return { key, id, pid: null, alive: ended === null, exit: ended };
}

// Panes inside this process, for machines without tmux: they end when it ends.
import { randomBytes } from 'node:crypto';
import { EffectError } from '../core/errors.ts';
import type { PtyTerminal } from '../terminal/terminal.ts';
import { keyBytes, pasteable } from '../terminal/typing.ts';
import type { Pane, PaneBackend, PaneSpec } from './contract.ts';
import { createFrames } from './frames.ts';
import { endProcesses } from './processes.ts';
import { baseEnvironment, checkSpec, mark, paneEnvironment } from './spec.ts';

export interface PtyPanesOptions {
  /** Id of the swarm, part of the mark that all processes of a pane carry. */
  swarmTag: string;
  /** Where HOME, PATH and the like are read from. Default `process.env`. */
  env?: NodeJS.ProcessEnv;
}

export function createPtyPanes({ swarmTag, env = process.env }: PtyPanesOptions): PaneBackend {
  const panes = new Map<string, { id: string; terminal: PtyTerminal }>();
  const opening = new Map<string, Promise<Pane>>();
  const listeners = new Set<() => void>();
  let size = { cols: 120, rows: 40 };

  const toPane = (key: string): Pane => {
    const { id, terminal } = get(key);
    return { key, id, pid: terminal.exit ? null : terminal.pid, alive: !terminal.exit, exit: terminal.exit };
  };
  const get = (key: string) => {
    const pane = panes.get(key);
    if (!pane)
      throw new EffectError({
        code: 'pane-gone',
        message: `${key} has no pane`,
        hint: 'it is opened again by a restart of the worker',
      });
    return pane;
  };
  const living = (key: string): PtyTerminal => {
    const { terminal } = get(key);
    if (terminal.exit)
      throw new EffectError({
        code: 'pane-gone',
        message: `the program of ${key} has ended`,
        hint: 'it is opened again by a restart of the worker',
      });
    return terminal;
  };

  async function openNow(spec: PaneSpec): Promise<Pane> {
    await checkSpec(spec);
    if (panes.get(spec.key)?.terminal.exit === null) return toPane(spec.key);
    await close(spec.key, 500);
    const id = randomBytes(4).toString('hex');
    // The emulator is big: it is loaded where there are such panes, not wherever there could be.
    const { startTerminal } = await import('../terminal/terminal.ts');
    const terminal = await startTerminal({
      argv: spec.argv,
      cwd: spec.cwd,
      env: { ...baseEnvironment(env), ...paneEnvironment(spec, mark(swarmTag, spec.key, id)), PWD: spec.cwd },
      ...size,
      onExit: () => {
        for (const each of listeners) each();
      },
    });
    panes.set(spec.key, { id, terminal });
    return toPane(spec.key);
  }

  async function close(key: string, graceMs: number, asking: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const pane = panes.get(key);
    if (!pane) return;
    const { id, terminal } = pane;
    const pid = terminal.exit ? null : terminal.pid;
    await endProcesses({ program: pid, leader: pid, mark: mark(swarmTag, key, id) }, graceMs, asking);
    if (panes.get(key) === pane) panes.delete(key);
    terminal.dispose();
  }

  const endAll = async (asking: NodeJS.Signals) => {
    await Promise.all([...panes.keys()].map((key) => close(key, 3_000, asking)));
  };

  return {
    kind: 'pty',
    durable: false,
    open(spec) {
      const before = opening.get(spec.key) ?? Promise.resolve();
      const opened = before.catch(() => {}).then(() => openNow(spec));
      opening.set(spec.key, opened);
      return opened;
    },
    list: async () => [...panes.keys()].map(toPane),
    capture: async (key) => panes.get(key)?.terminal.screen() ?? null,
    async type(key, text) {
      const data = pasteable(text);
      const terminal = living(key);
      if (data !== '') terminal.write(terminal.modes.paste ? `\x1b[200~${data}\x1b[201~` : data);
    },
    async press(key, name) {
      keyBytes(name);
      const terminal = living(key);
      terminal.write(keyBytes(name, terminal.modes));
    },
    async resize(key, cols, rows) {
      size = { cols, rows };
      living(key).resize(cols, rows);
    },
    close: (key, { graceMs = 3_000 } = {}) => close(key, graceMs),
    async attach(key) {
      const terminal = living(key);
      return {
        kind: 'inside',
        write: (bytes) => terminal.write(bytes),
        resize: (cols, rows) => terminal.resize(cols, rows),
        onData: (listener) => createFrames(terminal, listener),
      };
    },
    onHint(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    // Nobody else could end them: they go with us, as when a terminal is closed.
    release: () => endAll('SIGHUP'),
    destroy: () => endAll('SIGTERM'),
  };
}

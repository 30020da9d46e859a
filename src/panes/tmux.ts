// Panes in a tmux server of our own, one a repository: they outlive every process of oompa.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EffectError } from '../core/errors.ts';
import { makeFolder } from '../disk/durable.ts';
import { identityOf, isAlive, waitUntil } from '../disk/process.ts';
import { watchHint } from '../disk/watch.ts';
import { cleanRows } from '../terminal/rows.ts';
import { keyBytes, pasteable } from '../terminal/typing.ts';
import type { Pane, PaneBackend, PaneSpec } from './contract.ts';
import { endProcesses } from './processes.ts';
import { baseEnvironment, checkSpec, mark } from './spec.ts';
import { attachArgv } from './tmux/attach.ts';
import { type Client, createClient } from './tmux/client.ts';
import { createFleet, noneWhenGone } from './tmux/fleet.ts';
import { socketPath } from './tmux/socket.ts';
import { startPane } from './tmux/start.ts';
import { createRecords, wrap } from './tmux/wrapper.ts';

export interface TmuxPanesOptions {
  /** Private folder of the repository's panes: socket, wrapper and what the wrappers write. Absolute. */
  folder: string;
  /** Id of the swarm; other swarms' panes on the same server are not seen. */
  swarmTag: string;
  /** File name of the socket. Default `tmux.sock`. */
  socketName?: string;
  /** Where HOME, PATH and the like are read from. Default `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** How long tmux may take for one answer. Default 5,000. */
  deadlineMs?: number;
}

export function createTmuxPanes(options: TmuxPanesOptions): PaneBackend {
  const { swarmTag, socketName = 'tmux.sock', env = process.env, deadlineMs = 5_000 } = options;
  const session = `oompa-${swarmTag.replace(/[^a-z0-9_-]/g, '_')}`;
  const folder = join(options.folder, swarmTag);
  const records = createRecords(folder);
  const listeners = new Set<() => void>();
  let unwatch: (() => void) | null = null;
  let client: Promise<Client> | null = null;
  let opening: Promise<unknown> = Promise.resolve();
  let size = { cols: 120, rows: 40 };

  const hint = () => {
    for (const each of listeners) each();
  };
  const connectTo = (socket: string) =>
    createClient({ socket, session, env: baseEnvironment(env), deadlineMs, onHint: hint });
  const tmux = () => {
    client ??= socketPath(options.folder, socketName, env)
      .then(connectTo)
      .catch((error) => {
        client = null;
        throw error;
      });
    return client;
  };
  const ask: Client['ask'] = async (...words) => (await tmux()).ask(...words);
  const fleet = createFleet(tmux, swarmTag, records);

  async function openNow(spec: PaneSpec): Promise<Pane> {
    await checkSpec(spec);
    const panes = await fleet.look();
    const there = fleet.seen(spec.key);
    if (there?.alive) return toPane(there);
    await clear(spec.key, 500);
    await makeFolder(folder);
    await records.forget((id) => !panes.some((each) => each.id === id));
    const id = randomBytes(4).toString('hex');
    const command = await wrap(folder, id, spec.cwd, spec.argv);
    await startPane(await tmux(), { swarmTag, session, size }, spec, id, command);
    // The pane is open when its program runs, or has ended already.
    for (const until = performance.now() + deadlineMs; performance.now() < until; await sleep(4)) {
      records.look();
      if (records.pid(id) !== null || records.exit(id) !== null) break;
    }
    const opened = (await fleet.look()).find((each) => each.id === id);
    if (opened) return toPane(opened);
    const message = `tmux lost the pane of ${spec.key} as it opened`;
    throw new EffectError({ code: 'backend-gone', message, retryable: true, hint: 'it is tried again' });
  }

  /** Ends and removes all panes of a key, and what a killed server left of earlier ones. */
  async function clear(key: string, graceMs: number): Promise<void> {
    const panes = (await fleet.look()).filter((each) => each.key === key);
    const endings = panes.map(({ id, pid, alive, leader }) =>
      endProcesses({ program: pid, leader: alive ? leader : null, mark: mark(swarmTag, key, id) }, graceMs),
    );
    await Promise.all(endings);
    await endProcesses({ program: null, leader: null, mark: mark(swarmTag, key) }, graceMs);
    for (const { pane } of panes) await ask([['kill-pane', '-t', pane]]).catch(noneWhenGone);
    await records.forget((id) => panes.some((each) => each.id === id));
  }

  /** Ends the server, unless other swarms or the user have sessions in it. */
  async function endServer(): Promise<void> {
    const [pid = ''] = await ask([['display-message', '-p', '#{pid}']]).catch(noneWhenGone);
    const server = Number(pid) > 1 ? identityOf(Number(pid)) : null;
    const [sessions = ''] = await ask([['display-message', '-p', '#{S:#{session_id}}']]).catch(noneWhenGone);
    if (!server || sessions !== '') return;
    await ask([['kill-server']]).catch(noneWhenGone);
    // A control client whose own process was killed keeps tmux 3.3 waiting for it for ever, deaf to everybody.
    if (!(await waitUntil(() => !isAlive(server), 2_000)) && isAlive(server)) process.kill(server.pid, 'SIGKILL');
  }

  const backend: PaneBackend = {
    kind: 'tmux',
    durable: true,
    open(spec) {
      const opened = opening.then(() => openNow(spec));
      opening = opened.catch(() => {});
      return opened;
    },
    async list() {
      return (await fleet.look()).map(toPane);
    },
    async capture(key) {
      for (const fresh of [false, true]) {
        if (fresh) await fleet.look();
        const target = fleet.seen(key);
        if (!target) continue;
        const { pane } = target;
        const header = ['list-panes', '-t', pane, '-f', `#{==:#{pane_id},${pane}}`, '-F', headerFormat];
        const commands = [header, ['capture-pane', '-p', '-e', '-t', pane]];
        const [first = '', ...rows] = await ask(commands, { rows: readRowCount }).catch(noneWhenGone);
        const [id, cols] = first.split(' ');
        // Numbers of panes start again with a new server: only the tag says that it is the same one.
        if (id === target.id) return { rows: cleanRows(rows), cols: Number(cols) };
      }
      return null;
    },
    async type(key, text) {
      const data = pasteable(text);
      const { pane } = await fleet.living(key);
      if (data === '') return;
      const buffer = `oompa-${randomBytes(4).toString('hex')}`;
      const commands = [
        ['set-buffer', '-b', buffer, '--', data],
        ['copy-mode', '-q', '-t', pane],
        ['paste-buffer', '-p', '-r', '-d', '-b', buffer, '-t', pane],
      ];
      await ask(commands, { once: true });
    },
    async press(key, name) {
      keyBytes(name);
      const { pane } = await fleet.living(key);
      const commands = [
        ['copy-mode', '-q', '-t', pane],
        ['send-keys', '-t', pane, '--', name],
      ];
      await ask(commands, { once: true });
    },
    async resize(key, cols, rows) {
      size = { cols, rows };
      const { pane, window } = await fleet.living(key);
      const viewers = await ask([
        ['set-option', '-t', `=${session}:`, 'default-size', `${cols}x${rows}`],
        ['list-clients', '-F', '#{client_control_mode} #{window_id}'],
      ]);
      // Who looks at the window has the say over its size.
      if (viewers.includes(`0 ${window}`)) return;
      await ask([['resize-window', '-t', pane, '-x', String(cols), '-y', String(rows)]]);
    },
    close: (key, { graceMs = 3_000 } = {}) => clear(key, graceMs),
    async attach(key) {
      const { window } = await fleet.living(key);
      const { argv } = await tmux();
      return { kind: 'exec', argv: attachArgv(argv, session, window), env: { TMUX: undefined, TMUX_PANE: undefined } };
    },
    onHint(listener) {
      listeners.add(listener);
      unwatch ??= watchHint([folder], hint);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        unwatch?.();
        unwatch = null;
      };
    },
    async release() {
      listeners.clear();
      unwatch?.();
      unwatch = null;
      (await client)?.release();
      client = null;
    },
    async destroy() {
      const keys = new Set((await fleet.look()).map((each) => each.key));
      await Promise.all([...keys].map((key) => clear(key, 3_000)));
      await endProcesses({ program: null, leader: null, mark: mark(swarmTag) }, 500);
      await endServer();
      await backend.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return backend;
}

const headerFormat = '#{@oompa_pane} #{pane_width} #{pane_height}';

function readRowCount([header = '']: readonly string[]): number {
  return Number(header.split(' ')[2] ?? 0);
}

function toPane({ key, id, pid, alive, exit }: Pane): Pane {
  return { key, id, pid, alive, exit };
}

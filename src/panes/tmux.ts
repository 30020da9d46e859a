// Panes in a tmux server of our own, one a repository: they outlive every process of oompa.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clean } from '../core/clean.ts';
import { EffectError } from '../core/errors.ts';
import { makeFolder } from '../disk/durable.ts';
import { watchHint } from '../disk/watch.ts';
import type { Pane, PaneBackend, PaneSpec } from './contract.ts';
import { endProcesses } from './processes.ts';
import { cleanRows } from './rows.ts';
import { baseEnvironment, checkSpec, mark, paneEnvironment } from './spec.ts';
import { type Client, createClient } from './tmux/client.ts';
import { paneOptions, serverOptions } from './tmux/options.ts';
import { socketPath } from './tmux/socket.ts';
import { createRecords, pathVariable, wrap } from './tmux/wrapper.ts';
import { keyBytes, pasteable } from './typing.ts';

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
  const { swarmTag, env = process.env, deadlineMs = 5_000 } = options;
  const session = `oompa-${swarmTag.replace(/[^a-z0-9_-]/g, '_')}`;
  const folder = join(options.folder, swarmTag);
  const records = createRecords(folder);
  const listeners = new Set<() => void>();
  const hint = () => {
    for (const each of listeners) each();
  };
  let unwatch: (() => void) | null = null;
  let client: Promise<Client> | null = null;
  let seen = new Map<string, Seen>();
  let opening: Promise<unknown> = Promise.resolve();
  let size = { cols: 120, rows: 40 };

  const tmux = () => {
    client ??= socketPath(options.folder, options.socketName ?? 'tmux.sock', env).then((socket) =>
      createClient({ socket, session, env: baseEnvironment(env), deadlineMs, onHint: hint }),
    );
    return client;
  };

  /** All panes of the swarm, in one query. */
  async function look(): Promise<Seen[]> {
    const { ask } = await tmux();
    const lines = await ask([['list-panes', '-a', '-f', `#{==:#{@oompa_swarm},${swarmTag}}`, '-F', format]]).catch(
      noneWhenGone,
    );
    records.look();
    // A window is listed once for every session that shows it.
    const all = new Map(lines.map((line) => readSeen(line, records)).map((each) => [each.pane, each]));
    const panes = [...all.values()];
    seen = new Map(panes.map((each) => [each.key, each]));
    for (const each of panes) if (each.alive) seen.set(each.key, each);
    return panes;
  }

  async function find(key: string): Promise<Seen> {
    await look();
    const found = seen.get(key);
    if (!found?.alive)
      throw new EffectError({
        code: 'pane-gone',
        message: `${key} has no living pane`,
        hint: 'it is opened again by a restart of the worker',
      });
    return found;
  }

  /** Ends everything of a key but what lives in `kept`. */
  async function clear(key: string, graceMs: number): Promise<void> {
    const panes = (await look()).filter((each) => each.key === key);
    await Promise.all(
      panes.map(({ id, dead, leader }) =>
        endProcesses(
          { program: records.pid(id), leader: dead ? null : leader, mark: mark(swarmTag, key, id) },
          graceMs,
        ),
      ),
    );
    // What a server that was killed left behind.
    await endProcesses({ program: null, leader: null, mark: mark(swarmTag, key) }, graceMs);
    const { ask } = await tmux();
    for (const { pane } of panes) await ask([['kill-pane', '-t', pane]]).catch(noneWhenGone);
    await records.forget((id) => panes.some((each) => each.id === id));
    seen.delete(key);
  }

  async function openNow(spec: PaneSpec): Promise<Pane> {
    await checkSpec(spec);
    const panes = await look();
    const living = seen.get(spec.key);
    if (living?.alive) return toPane(living);
    await clear(spec.key, 500);
    await makeFolder(folder);
    await records.forget((id) => !panes.some((each) => each.id === id));
    const id = randomBytes(4).toString('hex');
    const command = await wrap(folder, id, spec.cwd, spec.argv);
    await start(spec, id, command);
    // The pane is open when its program runs, or has ended already.
    for (const until = performance.now() + deadlineMs; performance.now() < until; await sleep(4)) {
      records.look();
      if (records.pid(id) !== null || records.exit(id) !== null) break;
    }
    const opened = (await look()).find((each) => each.id === id);
    if (opened) return toPane(opened);
    throw new EffectError({
      code: 'backend-gone',
      message: `tmux lost the pane of ${spec.key} as it opened`,
      retryable: true,
      hint: 'try again',
    });
  }

  async function start(spec: PaneSpec, id: string, command: string[]): Promise<void> {
    const { run } = await tmux();
    const inside = paneEnvironment(spec, mark(swarmTag, spec.key, id));
    if (inside.PATH !== undefined) inside[pathVariable] = inside.PATH;
    const set = Object.entries(inside).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const tags = { '@oompa_worker': spec.key, '@oompa_swarm': swarmTag, '@oompa_pane': id };
    const title = ['select-pane', '-T', clean(spec.title).replaceAll('#', '##')];
    const rest = [...paneOptions(tags), title];
    for (let attempt = 1; ; attempt += 1) {
      const sessions = await run([...serverOptions, ['list-sessions', '-F', '#{session_name}']], { start: true });
      const first = !sessions.includes(session);
      try {
        if (first) {
          const make = ['new-session', '-d', '-E', '-s', session, '-x', String(size.cols), '-y', String(size.rows)];
          // What -e gives to a new session would be inherited by all later panes.
          const unset = Object.keys(inside).map((name) => ['set-environment', '-u', name]);
          await run([[...make, '-n', spec.key, ...set, '--', ...command], ...rest, ...unset]);
        } else {
          await run([['new-window', '-t', `=${session}:`, '-n', spec.key, ...set, '--', ...command], ...rest]);
        }
        return;
      } catch (error) {
        // The session's last window may close, or another opener may make the session, between the question and the order.
        if (attempt === 3 || !(error instanceof EffectError) || !/session/.test(error.message)) throw error;
      }
    }
  }

  return {
    kind: 'tmux',
    durable: true,
    open(spec) {
      const opened = opening.then(() => openNow(spec));
      opening = opened.catch(() => {});
      return opened;
    },
    async list() {
      return (await look()).map(toPane);
    },
    async capture(key) {
      const { ask } = await tmux();
      for (const known of [seen.get(key), null]) {
        if (known === undefined) continue;
        if (known === null) await look();
        const target = known ?? seen.get(key);
        if (!target) return null;
        const { pane } = target;
        const header = [
          'list-panes',
          '-t',
          pane,
          '-f',
          `#{==:#{pane_id},${pane}}`,
          '-F',
          '#{@oompa_pane} #{pane_width} #{pane_height}',
        ];
        const rows = ([line = '']: readonly string[]) => Number(line.split(' ')[2] ?? 0);
        const [line = '', ...text] = await ask([header, ['capture-pane', '-p', '-e', '-t', pane]], { rows }).catch(
          noneWhenGone,
        );
        const [id, cols] = line.split(' ');
        // Numbers of panes start again with a new server: only the tag says that it is the same one.
        if (id === target.id) return { rows: cleanRows(text), cols: Number(cols) };
      }
      return null;
    },
    async type(key, text) {
      const data = pasteable(text);
      const { pane } = await find(key);
      if (data === '') return;
      const buffer = `oompa-${randomBytes(4).toString('hex')}`;
      const { ask } = await tmux();
      await ask(
        [
          ['set-buffer', '-b', buffer, '--', data],
          ['copy-mode', '-q', '-t', pane],
          ['paste-buffer', '-p', '-r', '-d', '-b', buffer, '-t', pane],
        ],
        { once: true },
      );
    },
    async press(key, name) {
      keyBytes(name);
      const { pane } = await find(key);
      const { ask } = await tmux();
      await ask(
        [
          ['copy-mode', '-q', '-t', pane],
          ['send-keys', '-t', pane, '--', name],
        ],
        { once: true },
      );
    },
    async resize(key, cols, rows) {
      size = { cols, rows };
      const { pane, window } = await find(key);
      const { ask } = await tmux();
      const [clients, options] = [
        ['list-clients', '-F', '#{client_control_mode} #{window_id}'],
        ['set-option', '-t', `=${session}:`, 'default-size', `${cols}x${rows}`],
      ];
      const looking = await ask([clients, options]);
      // Who looks at the window has the say.
      if (looking.includes(`0 ${window}`)) return;
      await ask([['resize-window', '-t', pane, '-x', String(cols), '-y', String(rows)]]);
    },
    close: (key, { graceMs = 3_000 } = {}) => clear(key, graceMs),
    async attach(key) {
      const { window } = await find(key);
      const { argv } = await tmux();
      // A session of its own in the group: its current window moves nobody else's, and it goes when its terminal does.
      const commands = [
        ['new-session', '-E', '-t', `=${session}`],
        ['set-option', 'destroy-unattached', 'on'],
        ['set-option', '-wu', '-t', `:${window}`, 'window-size'],
        ['select-window', '-t', `:${window}`],
      ];
      const words = commands.flatMap((words, index) => (index === 0 ? words : [';', ...words]));
      return { kind: 'exec', argv: [...argv, '-N', ...words], env: { TMUX: undefined, TMUX_PANE: undefined } };
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
      const keys = new Set((await look()).map((each) => each.key));
      await Promise.all([...keys].map((key) => clear(key, 3_000)));
      await endProcesses({ program: null, leader: null, mark: mark(swarmTag) }, 500);
      const { run } = await tmux();
      // Other swarms and the user's own sessions keep the server alive.
      await run([['if-shell', '-F', '#{server_sessions}', '', 'kill-server']]).catch(noneWhenGone);
      await this.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const format = '#{pane_id} #{window_id} #{pane_pid} #{pane_dead} #{@oompa_worker} #{@oompa_pane}';

interface Seen extends Pane {
  pane: string;
  window: string;
  /** Process id of the wrapper, which leads the pane's session. */
  leader: number;
  /** tmux says that the pane is dead: its process id may be somebody else's by now. */
  dead: boolean;
}

function readSeen(line: string, records: ReturnType<typeof createRecords>): Seen {
  const [pane = '', window = '', leader = '', dead, key = '', id = ''] = line.split(' ');
  // A background process may hold the terminal open after the program has ended; the wrapper knows.
  const exit = records.exit(id);
  const alive = dead === '0' && exit === null;
  return {
    key,
    id,
    pid: alive ? records.pid(id) : null,
    alive,
    exit,
    pane,
    window,
    leader: Number(leader),
    dead: dead !== '0',
  };
}

function toPane({ key, id, pid, alive, exit }: Seen): Pane {
  return { key, id, pid, alive, exit };
}

function noneWhenGone(error: unknown): string[] {
  if (
    error instanceof EffectError &&
    (error.code === 'backend-gone' || error.code === 'pane-gone') &&
    !/program tmux/.test(error.message)
  )
    return [];
  throw error;
}

// A whole swarm in one process: real git, board, Maildirs and journal; panes in memory whose program is a scripted runner.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { Config, type ConfigInput } from '../../src/core/config.ts';
import { messageOf } from '../../src/core/errors.ts';
import type { JournalLine } from '../../src/core/event.ts';
import { emptyState, type State } from '../../src/core/state.ts';
import { fold } from '../../src/core/transition.ts';
import type { TurnResult } from '../../src/core/turn.ts';
import type { Wish } from '../../src/core/wish.ts';
import { excludeFromGit } from '../../src/disk/exclude.ts';
import { type Journal, openJournal } from '../../src/disk/journal.ts';
import { readJournal } from '../../src/disk/journal-read.ts';
import { findRepo, type Paths, pathsOf } from '../../src/disk/paths.ts';
import { createGit } from '../../src/git/git.ts';
import { createLeases } from '../../src/leases/leases.ts';
import type { Post } from '../../src/mail/contract.ts';
import { createPost } from '../../src/mail/post.ts';
import type { PaneBackend } from '../../src/panes/contract.ts';
import { createMemoryPanes, type ProgramIo } from '../../src/panes/memory.ts';
import type { Clock, JournalWriter, World } from '../../src/supervisor/contract.ts';
import { startSupervisor } from '../../src/supervisor/supervisor.ts';
import { createBoard } from '../../src/tasks/board.ts';
import { answerTurn } from '../../src/worker/answer.ts';
import { createInbox } from '../../src/worker/inbox.ts';
import { createScreen } from '../../src/worker/screen.ts';
import { writeTurnRecord } from '../../src/worker/turn-record.ts';
import { freshFolder, runAs } from '../git/repo.ts';
import { type Agent, goodAgent, handsOf } from './agents.ts';

export const swarmId = 'abcd1234';

export interface PlaceOptions {
  /** Task id → what its file holds besides id and summary. Default: three plain tasks. */
  tasks?: Readonly<Record<string, Record<string, unknown>>>;
  files?: Readonly<Record<string, string>>;
  agent?: Agent;
  config?: Partial<ConfigInput>;
  branch?: string;
}

/** A repository, its board, and the panes: what outlives a supervisor. */
export interface Place {
  root: string;
  paths: Paths;
  config: Config;
  branch: string;
  panes: PaneBackend;
  /** The post as people and runners use it. */
  post: Post;
  log: string[];
  git(...args: string[]): string;
  /** kill -9 of a runner. */
  killRunner(worker: string): void;
  /** The panes are gone with all that ran in them, as after a reboot. */
  reboot(): void;
  hint(): void;
  hints: Set<() => void>;
}

export interface TestSwarm {
  state(): State;
  lines(): JournalLine[];
  /** Resolves once it holds; throws with what was there instead when the swarm ends, or nothing comes of it for long. */
  until(what: (state: State) => unknown): Promise<State>;
  wish(wish: Wish): Promise<void>;
  /** Resolves once the swarm is stopped. */
  ended: Promise<State>;
  stop(): Promise<State>;
  /** Lets go without stopping; what is under way comes to its end first. */
  release(): Promise<void>;
  /** Dispatches directly. */
  dispatch: Awaited<ReturnType<typeof startSupervisor>>['dispatch'];
}

/** Makes a repository with one commit and a board. */
export async function makePlace(options: PlaceOptions = {}): Promise<Place> {
  const { tasks = { a: {}, b: {}, c: {} }, files = { 'readme.md': 'hello\n', 'shared.txt': 'start\n' } } = options;
  const { branch = 'main', agent = goodAgent() } = options;
  const root = freshFolder('world');
  const git = (...args: string[]) => runAs(root, args);
  git('init', '--quiet', `--initial-branch=${branch}`);
  git('config', 'user.name', 'Operator');
  git('config', 'user.email', 'operator@example.org');
  put(root, { '.gitignore': '/tasks/\n', ...files });
  git('add', '-A');
  git('commit', '--quiet', '-m', 'start');
  for (const column of ['current', 'complete']) mkdirSync(join(root, 'tasks', column), { recursive: true });
  for (const [id, more] of Object.entries(tasks))
    put(root, { [`tasks/pending/${id}.json`]: `${JSON.stringify({ id, summary: `do ${id}`, ...more })}\n` });
  const paths = pathsOf(findRepo(root));
  await excludeFromGit(paths);

  const hints = new Set<() => void>();
  const hint = () => {
    for (const each of hints) each();
  };
  const runners = new Map<string, () => void>();
  const program = (spec: { key: string }, io: ProgramIo) =>
    runScripted({ place, agent, io, worker: spec.key, runners });
  const post = hinting(createPost({ root: paths.mail }), hints, hint);
  await post.open('lead');
  const place: Place = {
    root,
    paths,
    config: Config.parse({
      workers: [{ model: 'command:scripted', count: 2, can_plan: false }],
      checks: [{ name: 'no-red', run: ['test', '!', '-e', 'RED'] }],
      approval: 'auto',
      when_done: 'stop',
      ...options.config,
    }),
    branch,
    panes: createMemoryPanes({ program }),
    post,
    log: [],
    git,
    killRunner: (worker) => runners.get(worker)?.(),
    reboot: () => {
      for (const kill of runners.values()) kill();
      place.panes = createMemoryPanes({ program });
    },
    hint,
    hints,
  };
  return place;
}

export interface StartOptions {
  /** How fast time goes. Default 20: a beat takes 50 ms. */
  speed?: number;
  clock?: Clock;
  /** Stands between the supervisor and its journal, and its hands. */
  wrap?(world: World, journal: Journal): { world: World; journal: JournalWriter };
}

/** Starts the swarm of a place, or goes on with it, as `oompa supervise` does. */
export async function startSwarm(place: Place, { speed = 20, clock, wrap }: StartOptions = {}): Promise<TestSwarm> {
  const { paths, config, branch } = place;
  const file = paths.journal(swarmId);
  const opened = await openJournal(file);
  const { lines } = readJournal(file);
  let state = lines.length > 0 ? fold(lines) : emptyState;
  const time = clock ?? fastClock(speed, state.at);
  const bare: World = {
    paths,
    git: createGit({ paths, swarm: swarmId, baseBranch: branch, notice: (text) => place.log.push(text) }),
    board: createBoard(paths.tasks, { lead: true }),
    post: hinting(createPost({ root: paths.mail }), place.hints, place.hint),
    panes: place.panes,
    keepMail: async () => {},
    isWatched: () => true,
    leases: createLeases({ root: paths.leases, repository: paths.root, now: () => Date.parse(time.now()) }),
    clock: time,
    runner: () => ({ argv: ['scripted'], env: {} }),
    prompt: async () => '',
    sweep: async () => [],
    watch: (_, onHint) => subscribe(place.hints, onHint),
    log: (text) => place.log.push(text),
  };
  const { world, journal } = wrap?.(bare, opened) ?? { world: bare, journal: opened };
  const waiting = new Set<() => void>();
  const first = {
    type: 'supervisor.started' as const,
    ...{ pid: process.pid, panes: 'memory' as const, panesReason: null, healed: opened.healed },
  };
  const supervisor = await startSupervisor({
    world,
    state,
    journal,
    first:
      lines.length > 0
        ? [first]
        : [
            {
              ...{
                type: 'swarm.started',
                format: 1,
                swarm: swarmId,
                root: paths.root,
                config,
                providers: {},
                configFile: null,
              },
              base: { branch, sha: place.git('rev-parse', branch) },
            },
            first,
          ],
    onLines: (_, next) => {
      state = next;
      for (const each of waiting) each();
    },
  }).catch(async (error) => {
    await opened.close().catch(() => {});
    throw error;
  });
  const close = () => opened.close().catch(() => {});
  const ended = supervisor.ended.finally(close);
  ended.catch(() => {});
  const swarm: TestSwarm = {
    state: () => state,
    lines: () => readJournal(file).lines,
    until: (what) =>
      new Promise((resolve, reject) => {
        const over = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle();
        };
        const no = (why: string) =>
          over(() => reject(new Error(`${why}: ${what}\n${summary(state)}\n${place.log.join('\n')}`)));
        const look = () => {
          if (what(state)) over(() => resolve(state));
        };
        const timer = setTimeout(() => no('never came true'), 90_000);
        waiting.add(look);
        void ended.then(
          () => (what(state) ? over(() => resolve(state)) : no('the swarm ended first')),
          (error) => no(messageOf(error)),
        );
        look();
      }),
    wish: async (wish) => {
      const body = JSON.stringify(wish);
      const { id } = await place.post.deliver({
        from: 'operator',
        to: ['lead'],
        subject: wish.wish,
        body,
        type: 'wish',
      });
      await swarm.until((now) => now.handled.includes(id) || now.swarm?.status === 'stopped');
    },
    ended,
    stop: async () => {
      await supervisor.dispatch({ type: 'swarm.stop-asked', by: 'test' });
      return ended;
    },
    release: async () => {
      await supervisor.release();
      await close();
    },
    dispatch: supervisor.dispatch,
  };
  return swarm;
}

/** Time that goes `speed` times as fast, from now or from `after` if that is later. */
export function fastClock(speed: number, after = ''): Clock {
  const started = Date.now();
  const origin = Math.max(started, Date.parse(after) || 0);
  return {
    now: () => new Date(origin + (Date.now() - started) * speed).toISOString(),
    every: (ms, callback) => {
      const timer = setInterval(callback, ms / speed);
      return () => clearInterval(timer);
    },
  };
}

export function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A state in a few lines, for the message of a test that failed. */
export function summary(state: State): string {
  const { swarm, workers, tasks, changes, pending, notices } = state;
  return [
    `swarm ${swarm?.status} ${swarm?.base.sha.slice(0, 7)}`,
    ...Object.values(workers).map(
      (w) => `${w.id} ${w.status} ${w.why} turn=${w.turn?.id} claims=${w.claims} next=${w.next?.kind}`,
    ),
    ...Object.values(tasks).map((t) => `${t.id} ${t.status} in ${t.column} by ${t.worker}: ${t.reason}`),
    ...Object.values(changes).map((c) => `${c.id.slice(0, 7)} ${c.status} ${c.worker} ${c.tasks}: ${c.reason}`),
    ...Object.entries(pending).map(([id, each]) => `${id} ${JSON.stringify(each)}`),
    ...notices.map((notice) => `${notice.level}: ${notice.text}`),
  ].join('\n');
}

interface Scripted {
  place: Place;
  agent: Agent;
  io: ProgramIo;
  worker: string;
  runners: Map<string, () => void>;
}

/** The runner with a script for a harness: its mailbox and its answers are those of the real one. */
async function runScripted({ place, agent, io, worker, runners }: Scripted): Promise<void> {
  const leaving = new AbortController();
  let killed = false;
  const sink = new Writable({
    write: (chunk, _, done) => {
      io.print(String(chunk));
      done();
    },
  });
  const screen = createScreen(sink, { colour: false });
  const { paths, post } = place;
  const life = { paths, worker, swarm: swarmId, post };
  mkdirSync(paths.worker(worker), { recursive: true });
  const inbox = createInbox({ ...life, pollMs: 1_000, screen, leaving: leaving.signal });
  io.onSignal(() => leaving.abort());
  runners.set(worker, () => {
    killed = true;
    leaving.abort();
    io.exit('SIGKILL');
  });
  const stopped = () => leaving.signal.aborted;
  for (let errand = await inbox.next(); errand; errand = await inbox.next()) {
    const { received } = errand;
    if (errand.kind === 'drop') await post.flag(received, 'R');
    else {
      if (errand.kind === 'run')
        await writeTurnRecord(paths, worker, { message: received.message.id, attempt: errand.attempt });
      const result = errand.kind === 'answer' ? errand.result : await take(agent, worker, errand, stopped);
      if (killed) break;
      await answerTurn({ ...life, received, result });
    }
  }
  inbox.close();
  io.exit(0);
}

async function take(
  agent: Agent,
  worker: string,
  { turn, attempt }: { turn: Parameters<typeof handsOf>[1]; attempt: number },
  stopped: () => boolean,
): Promise<TurnResult> {
  const facts = { turn: turn.turn, worker, attempt, signal: null, conversation: null, usage: null, durationMs: 1 };
  const startedAt = new Date().toISOString();
  try {
    const said = await agent(handsOf(worker, turn, attempt));
    return { ...facts, startedAt, outcome: stopped() ? 'stopped' : 'done', exitCode: 0, error: null, said };
  } catch (error) {
    const crash = { class: 'crash' as const, message: messageOf(error) };
    return { ...facts, startedAt, outcome: 'failed', exitCode: 1, error: crash, said: '' };
  }
}

/** A post that hints at what it delivers itself, at once; no file watcher. */
function hinting(post: Post, hints: Set<() => void>, hint: () => void): Post {
  return {
    ...post,
    deliver: async (draft) => {
      const delivered = await post.deliver(draft);
      hint();
      return delivered;
    },
    onHint: (addresses, listener) =>
      subscribe(hints, () => {
        for (const each of addresses) listener(each);
      }),
  };
}

function subscribe(listeners: Set<() => void>, listener: () => void): () => void {
  const own = () => listener();
  listeners.add(own);
  return () => listeners.delete(own);
}

// The only place that names concrete adapters: puts a supervisor together from them.
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { artifactsOfJournal, artifactsSince } from '../core/artifacts.ts';
import type { Event, JournalLine } from '../core/event.ts';
import { emptyState, type State } from '../core/state.ts';
import { createArtifactWriter } from '../disk/artifacts.ts';
import { makeFolder } from '../disk/durable.ts';
import { excludeFromGit } from '../disk/exclude.ts';
import { openJournal } from '../disk/journal.ts';
import { readJournal } from '../disk/journal-read.ts';
import { acquireLock } from '../disk/lock.ts';
import type { Paths } from '../disk/paths.ts';
import { sweepTagged } from '../disk/process.ts';
import { promptText } from '../disk/prompts.ts';
import { watchHint } from '../disk/watch.ts';
import { createGit } from '../git/git.ts';
import { createPost } from '../mail/post.ts';
import { choosePanes } from '../panes/choose.ts';
import type { PaneBackend } from '../panes/contract.ts';
import { realClock } from '../supervisor/clock.ts';
import type { World } from '../supervisor/contract.ts';
import { type Supervisor, startSupervisor } from '../supervisor/supervisor.ts';
import { createBoard } from '../tasks/board.ts';
import { selfCommand } from './entry.ts';
import { writeGitHooks } from './git-hooks.ts';
import { openLeases } from './leases.ts';
import { createMailChores } from './mail-chores.ts';
import { newSwarm, type Overrides } from './new-swarm.ts';
import { openPanes } from './panes.ts';
import { createPresence } from './presence.ts';
import { rememberProbes } from './probes.ts';
import { readLatest, setCurrentSwarm } from './workspace.ts';

export interface Running {
  supervisor: Supervisor;
  swarm: string;
  panes: PaneBackend;
  world: World;
  /** Lets go of everything; the swarm goes on (or is stopped already). */
  release(): Promise<void>;
}

/**
 * Takes the lock and starts the swarm of this repository, or goes on with the one that was not stopped. Throws a Refusal when another
 * supervisor lives, or when the config or the repository is not fit.
 */
export async function compose(
  paths: Paths,
  overrides: Overrides = {},
  listener: { onLines?(lines: readonly JournalLine[], state: State): void; first?: readonly Event[] } = {},
): Promise<Running> {
  const latest = readLatest(paths);
  const unfinished = latest?.state.swarm && latest.state.swarm.status !== 'stopped' ? latest.swarm : null;
  // A config that cannot be used is told before anything is touched.
  const fresh = unfinished ? null : await newSwarm(paths, overrides);
  await makeFolder(paths.home);
  const lock = await acquireLock(paths.lock, { role: 'supervisor' });
  const undo: (() => Promise<void>)[] = [() => lock.release()];
  const started = Promise.withResolvers<Supervisor>();
  const release = async () => {
    for (const each of undo.splice(0).reverse()) await each();
  };
  try {
    await excludeFromGit(paths);
    await writeGitHooks(paths);
    if (fresh?.probed) await rememberProbes(paths, fresh.probed);
    if (fresh && latest) await finishArtifacts(paths, latest.swarm);
    const swarm = fresh?.swarm ?? unfinished ?? '';
    const journal = await openJournal(paths.journal(swarm));
    undo.push(() => journal.close());
    await setCurrentSwarm(paths, swarm);
    const { lines } = readJournal(paths.journal(swarm));
    const before = artifactsOfJournal(lines);
    const state = before.state ?? emptyState;
    const artifacts = createArtifactWriter(paths.run(swarm), (message) => {
      log(paths, `run artifacts: ${message}`);
      started.promise.then(({ dispatch }) => dispatch({ type: 'artifacts.failed', message })).catch(() => {});
    });
    undo.push(() => artifacts.close());
    const known = fresh ?? state.swarm;
    if (!known) throw new Error(`the journal of swarm ${swarm} does not begin with its start`);
    const { config, base, configFile } = known;
    const choice = await choosePanes(config.panes);
    const panes = openPanes(choice.kind, paths, swarm);
    undo.push(() => panes.release());
    const world: World = {
      paths,
      git: createGit({ paths, swarm, baseBranch: base.branch, notice: (text) => log(paths, text) }),
      board: createBoard(paths.tasks, { lead: true }),
      post: createPost({
        root: paths.mail,
        onBad: ({ address, file, reason }) =>
          log(paths, `mail to ${address} was broken and set aside as ${file}: ${reason}`),
      }),
      leases: openLeases(paths),
      panes,
      keepMail: createMailChores(paths, (text) => log(paths, text)),
      isWatched: createPresence(paths).isWatched,
      clock: realClock,
      runner: (worker) => ({
        argv: selfCommand('work', worker, '--swarm', swarm),
        env: environment({ OOMPA_SWARM: swarm, OOMPA_WORKER: worker, OOMPA_ROOT: paths.root }),
      }),
      prompt: async (name) => promptText(paths, configFile, name, (text) => log(paths, text)),
      sweep: (id) => sweepTagged('OOMPA_SWARM', id),
      watch: watchHint,
      log: (text) => log(paths, text),
    };
    const first: Event[] = [
      ...(fresh && lines.length === 0
        ? [
            {
              type: 'swarm.started' as const,
              format: 1 as const,
              swarm,
              root: paths.root,
              base,
              config,
              providers: known.providers,
              configFile,
            },
          ]
        : []),
      {
        type: 'supervisor.started',
        pid: process.pid,
        panes: choice.kind,
        panesReason: choice.reason,
        healed: journal.healed,
      },
      ...(listener.first ?? []),
    ];
    // What a supervisor before us had no time to write.
    artifacts.write(before.artifacts);
    const supervisor = await startSupervisor({
      world,
      state,
      journal,
      first,
      onLines: (lines, after) => {
        artifacts.write(artifactsSince(after, lines[0]?.seq ?? 0));
        listener.onLines?.(lines, after);
      },
    });
    started.resolve(supervisor);
    undo.push(() => supervisor.release());
    return { supervisor, swarm, panes, world, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The last file of a run is there, or its supervisor ended in the midst of writing. */
async function finishArtifacts(paths: Paths, swarm: string): Promise<void> {
  if (existsSync(join(paths.run(swarm), 'stopped.json'))) return;
  const writer = createArtifactWriter(paths.run(swarm), (message) => log(paths, `run artifacts: ${message}`));
  writer.write(artifactsOfJournal(readJournal(paths.journal(swarm)).lines).artifacts);
  await writer.close();
}

function environment(tags: Record<string, string>): Record<string, string> {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(own), ...tags };
}

function log(paths: Paths, text: string): void {
  try {
    appendFileSync(paths.log, `${new Date().toISOString()} ${text}\n`, { mode: 0o600 });
  } catch {
    // A log that cannot be written must not end what it tells about.
  }
}

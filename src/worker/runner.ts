// The runner in a worker's pane: takes turns from its mailbox one at a time, runs the harness, answers by mail. It decides nothing.
//
// Signals. TERM: asked to go; the turn is ended and answered `stopped`, exit 0. HUP, or a terminal that is gone: nobody asked; the
// turn's process is ended and the turn left unanswered for the next runner (its next attempt), exit 129. INT (Ctrl-C in the pane):
// only the running turn is ended, and answered `stopped`. Any further signal while a turn is being ended kills it at once.
import type { Readable, Writable } from 'node:stream';
import { exitCodes } from '../core/errors.ts';
import type { Turn } from '../core/turn.ts';
import { makeFolder } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import type { Post } from '../mail/contract.ts';
import { answerTurn } from './answer.ts';
import type { Drive, RunningTurn } from './drive.ts';
import { createInbox, type Errand } from './inbox.ts';
import { printing, unrun } from './run-turn.ts';
import { takeRunnerLock } from './runner-lock.ts';
import { createScreen } from './screen.ts';
import { createStatus } from './status.ts';
import { sweepTurn } from './sweep-turn.ts';
import { prepareTerminal } from './terminal.ts';
import { createTranscript } from './transcript.ts';
import { writeTurnRecord } from './turn-record.ts';
import { readTypedLines } from './typed-lines.ts';
import { untilDone } from './until-done.ts';

export interface RunnerOptions {
  paths: Paths;
  worker: string;
  swarm: string;
  post: Post;
  /** The terminal. Default: this process's. */
  input?: Readable;
  output?: Writable;
  environment?: NodeJS.ProcessEnv;
  /** From TERM to KILL. Default 5 s. */
  graceMs?: number;
  /** How often the mailbox is looked at when no hint comes. Default 5 s. */
  pollMs?: number;
}

/** Exit code after the loss of the terminal: 128 + SIGHUP. */
const hungUp = 129;

/** Runs until a signal, or the end of the terminal; resolves to the exit code. Throws a Refusal when another runner of the worker lives on. */
export async function runWorker(options: RunnerOptions): Promise<number> {
  const { paths, worker, swarm, post, environment = process.env, graceMs = 5_000, pollMs = 5_000 } = options;
  const { input = process.stdin, output = process.stdout } = options;
  const screen = createScreen(output, { colour: !environment.NO_COLOR });
  await makeFolder(paths.worker(worker));
  await post.open(worker);
  const lock = await takeRunnerLock(paths, worker, screen);
  await prepareTerminal(input);

  const leaving = new AbortController();
  const patience = { screen, leaving: leaving.signal };
  const status = createStatus(paths.status(worker), worker);
  const transcript = createTranscript(paths.transcript(worker), {
    onTrouble: (message) => screen.bold(`! the transcript cannot be written: ${message}`),
  });
  const inbox = createInbox({ paths, worker, swarm, post, pollMs, ...patience });

  let running: RunningTurn | null = null;
  let ending = false;
  let exitCode: number = exitCodes.ok;
  const endTurn = () => {
    if (ending) running?.kill();
    else running?.stop();
    ending = true;
    status.set({ activity: 'stopping' });
  };
  const leave = (code: number) => {
    if (!leaving.signal.aborted) exitCode = code;
    leaving.abort();
    endTurn();
  };
  const interrupt = () => {
    if (!running) return screen.dim('no turn is running; to stop this worker, press x on it in `oompa tui`');
    screen.bold(ending ? '! killing this turn' : '! Ctrl-C: ending this turn, the runner stays (again: kill at once)');
    endTurn();
  };
  const hangUp = () => {
    if (!leaving.signal.aborted) leave(hungUp);
  };
  const signals = [
    ['SIGTERM', () => leave(exitCodes.ok)],
    ['SIGHUP', hangUp],
    ['SIGINT', interrupt],
  ] as const;
  for (const [name, act] of signals) process.on(name, act);
  void screen.gone.then(hangUp);

  const typing = readTypedLines({
    input,
    post,
    worker,
    screen,
    onNote: (text) => transcript.write({ type: 'note', text }),
  });
  let interactive: Drive | null = null;
  /** The terminal UI of a harness is loaded where one is driven. */
  const driveOf = async (turn: Turn): Promise<Drive> => {
    if (turn.drive === 'print') return printing;
    const { createInteractiveDrive } = await import('./interactive/drive.ts');
    const onTerminal = (taken: boolean) => {
      screen.lend(taken);
      if (taken) typing.pause();
      else typing.resume();
    };
    interactive ??= createInteractiveDrive({
      ...{ paths, worker, post, status, input, output, onTerminal },
      ...patience,
    });
    return interactive;
  };

  const runAndJudge = async ({ turn, attempt, received }: Extract<Errand, { kind: 'run' }>) => {
    const noted = await untilDone(
      'note the turn',
      () => writeTurnRecord(paths, worker, { message: received.message.id, attempt }),
      patience,
    );
    if (attempt > 1) await sweepTurn(turn, graceMs, screen);
    if (!noted || leaving.signal.aborted) return unrun({ ...turn, attempt }, null);
    ending = false;
    const drive = await driveOf(turn);
    running = drive.run({
      turn,
      attempt,
      paths,
      environment,
      graceMs,
      screen,
      transcript,
      status,
    });
    const result = await running.result;
    running = null;
    return result;
  };

  const take = async (errand: Errand) => {
    const { received } = errand;
    if (errand.kind !== 'run') screen.dim(`${errand.kind === 'drop' ? 'ignored' : 'not run'}: ${errand.why}`);
    if (errand.kind === 'drop') return untilDone('flag mail', () => post.flag(received, 'R'), patience);
    const result = errand.kind === 'run' ? await runAndJudge(errand) : errand.result;
    const lost = exitCode === hungUp && result.outcome === 'stopped' && errand.kind === 'run';
    if (!lost) await untilDone('answer', () => answerTurn({ paths, post, worker, swarm, received, result }), patience);
  };

  screen.dim(
    `oompa ${worker} waits for its turns. A line typed here is a note for its next turn; Ctrl-C ends only the running turn.`,
  );
  for (let errand = await inbox.next(); errand; errand = await inbox.next()) {
    await take(errand);
    if (!leaving.signal.aborted) status.rest();
  }

  inbox.close();
  await (interactive as Drive | null)?.close();
  await typing.stop();
  await transcript.flush();
  await status.flush();
  await lock.release();
  for (const [name, act] of signals) process.off(name, act);
  return exitCode;
}

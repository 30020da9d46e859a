// The drive `print`: harness started, shown, ended, and judged only by what was seen. Always comes to a result.
import { clean } from '../core/clean.ts';
import { messageOf, Refusal } from '../core/errors.ts';
import type { Turn, TurnResult } from '../core/turn.ts';
import { type Begun, beginTurn, type Judged } from './begin-turn.ts';
import { readTotal, writeTotal } from './conversation-record.ts';
import type { Drive, RunningTurn, TurnRun } from './drive.ts';
import { type EndedBy, type HarnessEnd, type HarnessProcess, startHarness } from './harness-process.ts';
import { launchOf, writeLaunchFiles } from './launch.ts';
import { savePrompt } from './prompt-files.ts';
import { createTurnOutput } from './turn-output.ts';

/** One process a turn, without a terminal: nothing lives on between turns. */
export const printing: Drive = { run: runTurn, close: async () => {} };

function runTurn(run: TurnRun): RunningTurn {
  const { turn, attempt } = run;
  const begun = beginTurn(run);
  const { finish } = begun;
  try {
    const { process, output } = start(run, begun);
    const saved = savePrompt(run.paths.prompts(turn.worker), turn.turn, turn.prompt);
    const result = process.done.then(async (end) => {
      await saved;
      const { total, ...seen } = output.finish(end);
      const { conversation } = seen;
      if (total && conversation !== null) await writeTotal(run.paths, turn.worker, { conversation, total });
      return finish(judge(end, seen, turn));
    });
    return { result, stop: () => process.end('stop'), kill: () => process.kill() };
  } catch (error) {
    // The model string is wrong: the world is fine, the operator's configuration is not.
    const hint = error instanceof Refusal && error.hint ? ` (${error.hint})` : '';
    const result = finish(
      unrun({ ...turn, attempt }, { class: 'spawn', message: clean(`${messageOf(error)}${hint}`) }),
    );
    return { result: Promise.resolve(result), stop: () => {}, kill: () => {} };
  }
}

/** The result of a turn that never ran: `failed` with that error, `stopped` without one. */
export function unrun(
  { turn, worker, attempt }: Pick<TurnResult, 'turn' | 'worker' | 'attempt'>,
  error: TurnResult['error'],
): TurnResult {
  const seen = { exitCode: null, signal: null, said: '', conversation: null, usage: null };
  return {
    turn,
    worker,
    attempt,
    outcome: error ? 'failed' : 'stopped',
    error,
    ...seen,
    startedAt: new Date().toISOString(),
    durationMs: 0,
  };
}

/** How long a harness may hang on after it said that its turn is over. */
const overGraceMs = 5_000;

function start(run: TurnRun, { show, loadMarkdown }: Begun) {
  const { turn, paths, graceMs, screen, transcript, status } = run;
  const { harness, tag, request } = launchOf(run);
  const { argv, cwd, defaults, env, stdin, ...wanted } = harness.turn(request);
  writeLaunchFiles(request.folder, wanted);
  let overTimer: NodeJS.Timeout | undefined;
  const onOver = (over: boolean) => {
    clearTimeout(overTimer);
    if (over) overTimer = setTimeout(() => process.end('over'), overGraceMs).unref();
  };
  const reader = harness.reader({ cwd, before: readTotal(paths, turn.worker, turn.conversation) });
  const output = createTurnOutput({
    reader,
    loadMarkdown: harness.markdown ? loadMarkdown : null,
    show,
    screen,
    transcript,
    status,
    onOver,
  });
  const process: HarnessProcess = startHarness({
    argv,
    cwd,
    env: { ...defaults, ...request.environment, ...env },
    stdin,
    tag,
    ...turn.timeouts,
    graceMs,
    onStdout: output.stdout,
    onStderr: output.stderr,
    onTrouble: (error) => screen.bold(`! ${messageOf(error)}`),
  });
  return { process, output };
}

type Output = Omit<ReturnType<ReturnType<typeof createTurnOutput>['finish']>, 'total'>;

const limits: Partial<Record<EndedBy, (turn: Turn) => TurnResult['error']>> = {
  idle: ({ timeouts }) => ({ class: 'stalled', message: `printed nothing for ${timeouts.idleMs / 1_000} s` }),
  total: ({ timeouts }) => ({ class: 'timeout', message: `ran longer than ${timeouts.totalMs / 1_000} s` }),
};

function judge(end: HarnessEnd, output: Output, turn: Turn): Judged {
  const { lastWords, ...seen } = output;
  const facts = { ...seen, exitCode: end.code, signal: end.signal };
  if (end.spawnError !== null)
    return { ...facts, outcome: 'failed', error: { class: 'spawn', message: end.spawnError } };
  if (end.by === 'stop') return { ...facts, outcome: 'stopped', error: null };
  const error = limits[end.by]?.(turn) ?? seen.error ?? (end.by === 'exit' ? crash(end, lastWords) : null);
  return { ...facts, outcome: error ? 'failed' : 'done', error };
}

function crash({ code, signal }: HarnessEnd, lastWords: string): TurnResult['error'] {
  if (code === 0) return null;
  const how = signal ? `ended by ${signal}` : `exit code ${code}`;
  return { class: 'crash', message: lastWords ? `${how}: ${lastWords}` : how };
}

// A worker's seat for a bench: a repository, mailboxes, and turns of one real CLI, taken straight or by the runner.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turn, TurnResult, turnTag } from '../src/core/turn.ts';
import { pathsOf } from '../src/disk/paths.ts';
import { findTagged, sweepTagged } from '../src/disk/process.ts';
import { harnessOf } from '../src/harnesses/registry.ts';
import { createPost } from '../src/mail/post.ts';
import { clis } from '../tests/clis/clis.ts';
import { makePlace } from '../tests/clis/place.ts';
import { gate } from './pairs.ts';
import { oompa } from './program.ts';

const swarm = 'bench';
const worker = 'w0';

/** The seat of a CLI whose model is at `url`. Spans are in ms; a turn that does not say what it must violates a gate. */
export async function createSeat(name: string, url: string) {
  const { env, root, tree, model, remove } = makePlace(
    clis.filter((cli) => cli.name === name),
    { url },
  );
  const paths = pathsOf({ root, gitDir: join(root, '.git') });
  const post = createPost({ root: paths.mail });
  for (const address of ['lead', worker]) await post.open(address);
  const answersIn = join(paths.mail, 'lead', 'new');
  let turns = 0;

  const send = async (prompt: string): Promise<Turn> => {
    turns += 1;
    const turn = Turn.parse({
      ...{ turn: `${worker}-t${turns}`, swarm, worker, kind: 'work', prompt, cwd: tree, model },
      ...{ conversation: null, timeouts: { idleMs: 600_000, totalMs: 600_000 } },
    });
    const draft = { from: 'lead', to: [worker], subject: turn.turn, body: JSON.stringify(turn), type: 'turn' as const };
    await post.deliver({ ...draft, key: turn.turn });
    return turn;
  };
  /** When the answer was there, and what it says. */
  const answer = async ({ turn }: Turn, runner: ChildProcess) => {
    while (readdirSync(answersIn).length === 0) {
      gate(runner.exitCode === null, `the runner has ended before it answered ${turn}`);
      await sleep(1);
    }
    const at = performance.now();
    const [mail] = await post.peek('lead', { type: 'turn-result' });
    const result = TurnResult.parse(JSON.parse(mail?.message.body ?? ''));
    if (mail) await post.take(mail, 'S');
    gate(result.turn === turn && result.attempt === 1, `${turn} was answered once: ${JSON.stringify(result)}`);
    return { at, result };
  };
  const saidIn = ({ outcome, said }: TurnResult) => (outcome === 'done' ? said : `(${outcome})`);

  const startRunner = () => {
    const [program, ...args] = [...oompa, 'work', worker];
    const child = spawn(program, args, {
      cwd: root,
      env: { ...env, OOMPA_ROOT: root, OOMPA_SWARM: swarm },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const end = async () => {
      child.kill('SIGTERM');
      const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
      gate(code === 0, `the runner ended with ${code}`);
    };
    return { child, end };
  };

  return {
    /** The CLI by itself, as the runner starts it: from its start to its exit. */
    async straight(prompt: string, said: string): Promise<number> {
      const { harness, env: added, ...launch } = harnessOf(model);
      const { argv, cwd, stdin, ...own } = harness.turn({
        ...{ ...launch, root, prompt, cwd: tree, conversation: null, readOnly: false },
        ...{ mcp: null, folder: root, environment: env },
      });
      const [program = '', ...args] = argv;
      const from = performance.now();
      const child = spawn(program, args, {
        cwd,
        env: { ...env, ...own.defaults, ...own.env, ...added, PWD: cwd },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      child.stdin.end(stdin);
      const printed = text(child.stdout);
      const [code] = await once(child, 'exit');
      const tookMs = performance.now() - from;
      gate(code === 0 && (await printed).includes(said), `${name} by itself ended with ${code}: ${await printed}`);
      return tookMs;
    },

    /** The same by a runner started for it: from its start to its answer. */
    async throughFreshRunner(prompt: string, said: string): Promise<number> {
      const turn = await send(prompt);
      const from = performance.now();
      const { child, end } = startRunner();
      child.stdout.resume();
      const { at, result } = await answer(turn, child);
      gate(saidIn(result) === said, `${turn.turn} said ${JSON.stringify(result)}`);
      await end();
      return at - from;
    },

    /** A runner that waits for turns. */
    async startRunner() {
      const { child, end } = startRunner();
      await once(child.stdout, 'data');
      child.stdout.resume();
      return {
        pid: child.pid ?? 0,
        end,
        async turn(prompt: string, said: string): Promise<number> {
          const from = performance.now();
          const turn = await send(prompt);
          const { at, result } = await answer(turn, child);
          gate(saidIn(result) === said, `${turn.turn} said ${JSON.stringify(result)}`);
          return at - from;
        },
        /** A turn that is looked at when `when` holds, with the processes of the CLI, and then ended as by Ctrl-C. */
        async interruptedTurn(prompt: string, { when, look }: { when(): boolean; look(pids: number[]): void }) {
          const turn = await send(prompt);
          while (!when()) await sleep(5);
          look(findTagged('OOMPA_TURN', turnTag(turn)).map(({ pid }) => pid));
          child.kill('SIGINT');
          const { result } = await answer(turn, child);
          gate(result.outcome === 'stopped', `${turn.turn} was stopped: ${JSON.stringify(result)}`);
        },
      };
    },

    async leave(): Promise<void> {
      await sweepTagged('OOMPA_ROOT', root, { graceMs: 0 });
      remove();
    },
  };
}

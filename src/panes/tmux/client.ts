// Asks tmux: through the control connection when there is one, else by a process of its own.
import { execFile } from 'node:child_process';
import { EffectError } from '../../core/errors.ts';
import { type Ask, type Control, connect, tmuxFailed } from './control.ts';
import { commandLine } from './quote.ts';

type Commands = readonly (readonly string[])[];

export interface Client {
  /** Output lines of a sequence of commands. `once`: never sent a second time when the answer was lost. */
  ask(commands: Commands, options?: { rows?: Ask['rows']; once?: boolean }): Promise<string[]>;
  /** The same through a process of its own, which may start the server. */
  run(commands: Commands, options?: { start?: boolean }): Promise<string[]>;
  /** Arguments that lead every call of tmux to this server. */
  readonly argv: readonly string[];
  release(): void;
}

export interface ClientOptions {
  socket: string;
  session: string;
  env: Readonly<Record<string, string>>;
  deadlineMs: number;
  onHint(): void;
}

export function createClient({ socket, session, env, deadlineMs, onHint }: ClientOptions): Client {
  const argv = ['tmux', '-u', '-S', socket];
  let connection: Promise<Control | null> | null = null;

  const reach = async () => {
    const old = await connection;
    if (old && !old.lost) return old;
    // Many askers may find it lost at once: one connects.
    if (connection && (await connection) === old) connection = null;
    connection ??= connect({
      argv: [...argv, '-N', '-C', 'attach-session', '-E', '-f', 'ignore-size,no-output', '-t', `=${session}`],
      env,
      deadlineMs,
      onHint,
    });
    return connection;
  };

  const client: Client = {
    argv,
    async ask(commands, { rows, once = false } = {}) {
      const control = await reach();
      if (!control) return client.run(commands);
      try {
        return await control.ask({ line: commandLine(commands), commands: commands.length, rows });
      } catch (error) {
        if (once || !(error instanceof EffectError) || error.code !== 'control-lost') throw error;
        return client.run(commands);
      }
    },
    run: (commands, { start = false } = {}) =>
      new Promise((resolve, reject) => {
        // By stdin, because arguments are few bytes, are seen by everybody, and a `;` among them is a command.
        const [program = '', ...args] = start
          ? [...argv, 'start-server', ';', 'source-file', '-']
          : [...argv, '-N', 'source-file', '-'];
        const options = { env, cwd: '/', timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: 64 << 20 } as const;
        const child = execFile(program, args, options, (error, stdout, stderr) => {
          if (error) reject(explain(error, stderr));
          else resolve(stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n'));
        });
        child.stdin?.on('error', () => {});
        child.stdin?.end(`${commandLine(commands)}\n`);
      }),
    release() {
      void connection?.then((control) => control?.close());
      connection = null;
    },
  };
  return client;
}

function explain(error: Error & { killed?: boolean; code?: unknown }, stderr: string): EffectError {
  if (error.code === 'ENOENT') {
    return new EffectError({
      code: 'backend-gone',
      message: 'there is no program tmux',
      hint: 'install tmux 3.2 or newer',
      cause: error,
    });
  }
  if (error.killed) {
    return new EffectError({
      code: 'no-answer',
      message: 'tmux does not answer',
      retryable: true,
      hint: 'the machine may be overloaded; it is tried again',
      cause: error,
    });
  }
  if (/no server running|error connecting|server exited|lost server/.test(stderr)) {
    return new EffectError({
      code: 'backend-gone',
      message: `tmux: ${stderr.trim()}`,
      retryable: true,
      hint: 'the tmux server of this repository is gone; opening a pane starts a new one',
      cause: error,
    });
  }
  return tmuxFailed(stderr.replace(/^-:\d+: /gm, ''));
}

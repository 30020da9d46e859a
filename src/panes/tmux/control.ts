// One control-mode client: commands go down its stdin, answers come back between %begin and %end.
import { spawn } from 'node:child_process';
import { EffectError } from '../../core/errors.ts';

export interface Ask {
  /** One line, not empty, without line breaks. */
  line: string;
  /** How many commands the line holds: each gets an answer of its own. */
  commands: number;
  /**
   * For a last answer that holds text of a pane, which may imitate tmux: how many lines it has, told by the answers before. Those
   * lines are taken unread.
   */
  rows?: ((lines: readonly string[]) => number) | undefined;
}

export interface Control {
  /** Lines of all answers. EffectError `tmux-failed` with tmux's words; `control-lost` when the client died or stalled. */
  ask(ask: Ask): Promise<string[]>;
  readonly lost: boolean;
  close(): void;
}

export interface ControlOptions {
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  deadlineMs: number;
  onHint(): void;
}

/** Starts the client. Null when it cannot attach: no server, no session. */
export function connect(options: ControlOptions): Promise<Control | null> {
  const [program = 'tmux', ...args] = options.argv;
  const child = spawn(program, args, { env: options.env, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting: Waiting[] = [];
  let block: Block | null = null;
  let rest = '';
  let lost = false;
  let attached: ((control: Control | null) => void) | null;

  const lose = () => {
    if (lost) return;
    lost = true;
    child.kill('SIGKILL');
    for (const each of waiting.splice(0)) each.reject(controlLost());
    attached?.(null);
    options.onHint();
  };
  const finish = (ok: boolean, lines: string[]) => {
    const first = waiting[0];
    if (!first) return lose();
    first.lines.push(...lines);
    first.answers += 1;
    if (ok && first.answers < first.ask.commands) return;
    waiting.shift();
    if (ok) first.resolve(first.lines);
    else first.reject(tmuxFailed(lines.join('\n')));
  };
  const read = (line: string) => {
    if (block) {
      if (block.lines.length < block.exact) return void block.lines.push(line);
      const ended = line === `%end ${block.name}`;
      if (!ended && line !== `%error ${block.name}`) return block.exact > 0 ? lose() : void block.lines.push(line);
      const { lines, ours } = block;
      block = null;
      if (ours) finish(ended, lines);
      return;
    }
    const begin = /^%begin (\d+ \d+ (\d+))$/.exec(line);
    if (begin?.[1]) {
      const ours = begin[2] === '1';
      const first = waiting[0];
      const last = ours && first?.ask.rows && first.answers === first.ask.commands - 1;
      block = { name: begin[1], ours, lines: [], exact: last ? (first.ask.rows?.(first.lines) ?? 0) : 0 };
    } else if (line.startsWith('%session-changed ')) attached?.(control);
    else if (line.startsWith('%exit')) lose();
    else if (line.startsWith('%pause ')) {
      void control.ask({ line: `refresh-client -A "${line.slice(7)}:continue"`, commands: 1 }).catch(() => {});
    } else if (/^%(?:unlinked-window|window|sessions|session-window)-/.test(line)) options.onHint();
  };

  child.stdout.setEncoding('latin1');
  child.stdout.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (!lost) read(Buffer.from(line, 'latin1').toString('utf8'));
  });
  child.on('error', lose);
  child.on('close', lose);
  child.stdin.on('error', lose);

  const control: Control = {
    ask: (ask) =>
      new Promise<string[]>((resolve, reject) => {
        if (lost) return reject(controlLost());
        const timer = setTimeout(lose, options.deadlineMs);
        const done =
          <T>(settle: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer);
            settle(value);
          };
        waiting.push({ ask, answers: 0, lines: [], resolve: done(resolve), reject: done(reject) });
        child.stdin.write(`${ask.line}\n`);
      }),
    get lost() {
      return lost;
    },
    close: lose,
  };
  return new Promise((resolve) => {
    const timer = setTimeout(lose, options.deadlineMs);
    attached = (value) => {
      clearTimeout(timer);
      attached = null;
      resolve(value);
    };
  });
}

interface Waiting {
  ask: Ask;
  answers: number;
  lines: string[];
  resolve(lines: string[]): void;
  reject(error: Error): void;
}

interface Block {
  /** Time, number and flags, as in the %begin that opened it. */
  name: string;
  /** Whether it answers a line of ours; the attach itself and hooks answer too. */
  ours: boolean;
  lines: string[];
  exact: number;
}

/** tmux refused a command; `pane-gone` when it says that there is no such pane, window or session. */
export function tmuxFailed(words: string): EffectError {
  const gone = /can't find|no such|no current/.test(words);
  return new EffectError({ code: gone ? 'pane-gone' : 'tmux-failed', message: `tmux: ${words.trim()}` });
}

function controlLost(): EffectError {
  return new EffectError({ code: 'control-lost', message: 'the connection to tmux was lost', retryable: true });
}

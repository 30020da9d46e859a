// The table of commands: name and arguments, help line, options, and where it is done. Help and suggestions come from it.
import type { ExitCode } from '../../core/errors.ts';
import type { Exits } from '../exits.ts';
import { positiveInteger, positiveNumber } from '../values.ts';
import { workerSeats } from '../worker-seats.ts';
import { lease } from './lease/index.ts';
import { mail } from './mail/index.ts';

export interface Invocation {
  args: readonly (string | undefined)[];
  options: Readonly<Record<string, unknown>>;
  /** Whether the first frame of the TUI is on the screen already. */
  painted: boolean;
}

export interface CommandModule {
  run(invocation: Invocation): Promise<ExitCode | number | undefined>;
}

export interface CommandSpec {
  /** Name and arguments, as commander reads them. */
  usage: string;
  aliases?: readonly string[];
  summary: string;
  options?: readonly (readonly [flags: string, text: string, parse?: (value: string, before: unknown) => unknown])[];
  /** Not in the help: said by oompa to itself. */
  hidden?: boolean;
  load(): Promise<CommandModule>;
}

/** Commands under one name: `oompa mail send`. */
export interface GroupSpec extends Pick<CommandSpec, 'usage' | 'summary' | 'hidden'> {
  verbs: readonly CommandSpec[];
  /** What its commands exit with when they fail; without it, the codes of sysexits. */
  exits?: Exits;
}

const config = ['--config <file>', 'the config file (default: oompa.json, then oompa/oompa.json)'] as const;
const skipProbe = ['--skip-probe', 'do not try the agents before the swarm starts'] as const;
const workers = [
  '--workers <specs...>',
  'model[:count] each, such as claude:2 codex: these workers instead of those of the config; needs no config',
  workerSeats,
] as const;
const json = ['--json', 'print JSON'] as const;

export const commands: readonly (CommandSpec | GroupSpec)[] = [
  {
    usage: 'demo',
    summary: 'make a small repository and let scripted agents work on it; you approve the merges',
    options: [
      ['--headless', 'without the TUI: approve by policy, print every step, exit 0 when all is merged'],
      ['--dir <folder>', 'where to make the repository (default: a fresh temporary folder)'],
      ['--workers <n>', 'how many workers (default: 3)', positiveInteger],
      [
        '--speed <factor>',
        'how fast the scripted agents work: 1 as a person can follow, 0 without waiting (default: 1)',
        positiveNumber,
      ],
    ],
    load: () => import('./demo.ts'),
  },
  {
    usage: 'tui',
    summary: 'open the screen; starts (or goes on with) the swarm of this repository when none is running',
    options: [config, ['--watch', 'only look: start nothing'], skipProbe],
    load: () => import('./tui.ts'),
  },
  {
    usage: 'run [file]',
    aliases: ['swarm'],
    summary: 'run the swarm in the foreground and print what happens; Ctrl-C stops it',
    options: [
      config,
      workers,
      ['--detach', 'run it in the background instead; prints its id when it runs'],
      ['--startup-timeout <seconds>', 'with --detach: how long its start may take (default: 30)', positiveInteger],
      ['--dry-run', 'only say what would be done: nothing is started or written'],
      ['--until-done', 'stop when nothing is left to do; exit 1 when tasks remain'],
      ['--approval <who>', 'operator, or auto: every change whose checks are green'],
      skipProbe,
      json,
    ],
    load: () => import('./run.ts'),
  },
  {
    usage: 'stop',
    summary: 'stop the swarm: end the agents, save their work, give their tasks back',
    options: [json],
    load: () => import('./stop.ts'),
  },
  {
    usage: 'kill [id]',
    summary: 'end a supervisor that does not stop, by force, and clear up after it',
    options: [json],
    load: () => import('./kill.ts'),
  },
  {
    usage: 'status [id]',
    summary: 'show workers, tasks and changes of a run (default: the current one)',
    options: [json],
    load: () => import('./status.ts'),
  },
  { usage: 'attach [worker]', summary: "enter a worker's pane; Ctrl-q comes back", load: () => import('./attach.ts') },
  {
    usage: 'approve <change>',
    summary: 'approve a change (its SHA, or the start of it)',
    options: [json],
    load: () => import('./approve.ts'),
  },
  {
    usage: 'reject <change>',
    summary: 'send a change back to its worker',
    options: [['-m, --message <text>', 'what to mend; the worker reads it'], json],
    load: () => import('./reject.ts'),
  },
  {
    usage: 'log <worker>',
    summary: 'print what a worker said and did',
    options: [['-f, --follow', 'go on as it grows'], json],
    load: () => import('./log.ts'),
  },
  {
    usage: 'check',
    summary: 'try git, worktree, mail, panes and each harness once, and say how to mend what fails',
    options: [config, json],
    load: () => import('./check.ts'),
  },
  {
    usage: 'answer <worker> <choice>',
    summary: 'answer what the harness of an interactive worker asks: allow, or deny',
    options: [json],
    load: () => import('./answer.ts'),
  },
  mail,
  {
    usage: 'mcp',
    summary: "give an agent's CLI mail as tools: an MCP server on stdin and stdout",
    load: () => import('./mcp.ts'),
  },
  {
    usage: 'init',
    summary: 'find the installed agents and write oompa.json and spec.md; what is there stays',
    options: [json],
    load: () => import('./init.ts'),
  },
  {
    usage: 'lint',
    summary: 'say what is wrong with the tasks, the config and its prompts; exit 65 when something is',
    options: [config, json],
    load: () => import('./lint.ts'),
  },
  {
    usage: 'prompt <worker>',
    summary: 'print what a worker would be told next, whole',
    options: [config, json],
    load: () => import('./prompt.ts'),
  },
  {
    usage: 'requeue [tasks...]',
    summary: 'give blocked tasks, or tasks nobody holds, back to the swarm',
    options: [json],
    load: () => import('./requeue.ts'),
  },
  {
    usage: 'list',
    summary: 'list the swarms of this repository, the newest first',
    options: [['--all', 'all of them, not only the newest 20'], json],
    load: () => import('./list.ts'),
  },
  {
    usage: 'view [id]',
    summary: 'show one run by worker (default: the newest)',
    options: [json],
    load: () => import('./view.ts'),
  },
  {
    usage: 'info [id]',
    summary: 'show every cycle and verdict of a run, or of all runs',
    options: [['--all', 'all of them, not only the newest 20'], json],
    load: () => import('./info.ts'),
  },
  {
    usage: 'tasks',
    summary: 'show the board: pending, current, complete',
    options: [json],
    load: () => import('./tasks.ts'),
  },
  {
    usage: 'worktrees',
    summary: 'show the worktrees that oompa made, and how far their work is',
    options: [json],
    load: () => import('./worktrees.ts'),
  },
  {
    usage: 'cleanup',
    summary: 'remove what oompa left behind, if it is clean and merged; says what it keeps and why',
    options: [['--dry-run', 'only say what would be done'], json],
    load: () => import('./cleanup.ts'),
  },
  lease,
  {
    usage: 'docs [page]',
    summary: 'list the pages that come with oompa, or print one',
    options: [json],
    load: () => import('./docs.ts'),
  },
  {
    usage: 'completions <shell>',
    summary: 'print a completion script for bash, zsh or fish',
    load: () => import('./completions.ts'),
  },
  {
    usage: 'work <worker>',
    summary: 'the runner in a pane',
    hidden: true,
    options: [['--swarm <id>', 'the swarm']],
    load: () => import('./work.ts'),
  },
  {
    usage: 'supervise',
    summary: 'the supervisor in the background',
    hidden: true,
    options: [config, workers, ['--until-done', ''], ['--approval <who>', ''], skipProbe],
    load: () => import('./supervise.ts'),
  },
];

export function nameOf({ usage }: Pick<CommandSpec, 'usage'>): string {
  return usage.split(' ', 1)[0] ?? '';
}

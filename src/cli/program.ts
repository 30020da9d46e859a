// The program: commands from one table, flags anywhere, errors told once with their hint and a sysexits code.
import { Command, CommanderError } from 'commander';
import { clean } from '../core/clean.ts';
import { EffectError, exitCodes, messageOf, Refusal } from '../core/errors.ts';
import { explain } from '../disk/durable.ts';
import { type CommandSpec, commands, type GroupSpec, nameOf } from './commands/index.ts';
import { type Exits, exitOf, sysexits } from './exits.ts';
import { wipeFirstFrame } from './first-frame.ts';
import { version } from './version.ts';

/** Parses and runs one command line (without node and script). Sets the exit code; never throws. */
export async function runProgram(args: readonly string[], { painted = false } = {}): Promise<void> {
  try {
    if (args.length === 0) createProgram({ painted }).outputHelp();
    else await createProgram({ painted }).parseAsync(commandFirst(args), { from: 'user' });
  } catch (error) {
    process.exitCode = tell(error, { painted, exits: exitsOf(commandFirst(args)) });
  }
}

function exitsOf([first]: readonly string[]): Exits {
  const spec = commands.find((each) => nameOf(each) === first);
  return (spec && 'verbs' in spec && spec.exits) || sysexits;
}

/** As commander wants it: names before flags (`oompa --json status`), and `help x y` as `x y --help`. */
function commandFirst(args: readonly string[], specs: readonly (CommandSpec | GroupSpec)[] = commands): string[] {
  if (args.length === 0) return [];
  const names = specs.flatMap(namesOf);
  const [first = '', ...rest] = args;
  if (first === 'help' && rest.length > 0)
    return names.includes(rest[0] ?? '') ? commandFirst([...rest, '--help'], specs) : [...rest];
  const at = first.startsWith('-') ? args.findIndex((each) => names.includes(each)) : 0;
  if (at < 0) return [...args];
  const name = args[at] ?? '';
  const others = [...args.slice(0, at), ...args.slice(at + 1)];
  const spec = specs.find((each) => nameOf(each) === name);
  return [name, ...(spec && 'verbs' in spec ? commandFirst(others, spec.verbs) : others)];
}

function namesOf(spec: CommandSpec | GroupSpec): string[] {
  return [nameOf(spec), ...(('aliases' in spec && spec.aliases) || [])];
}

function createProgram({ painted }: { painted: boolean }): Command {
  const program = new Command('oompa')
    .description('Runs a swarm of coding agents on one repository and keeps you in charge of it.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show help for a command')
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  for (const spec of commands) addCommand(program, spec, painted);
  return program;
}

function addCommand(parent: Command, spec: CommandSpec | GroupSpec, painted: boolean): void {
  const command = parent.command(spec.usage).description(spec.summary).exitOverride();
  if (spec.hidden) (command as unknown as { _hidden: boolean })._hidden = true;
  if ('verbs' in spec) {
    for (const verb of spec.verbs) addCommand(command, verb, painted);
    return;
  }
  for (const alias of spec.aliases ?? []) command.alias(alias);
  for (const [flags, text, parse] of spec.options ?? []) {
    if (parse) command.option(flags, text, parse);
    else command.option(flags, text);
  }
  command.action(async (...values: unknown[]) => {
    const { run } = await spec.load();
    // commander gives: every positional, then the options, then the command itself.
    const positionals = values.slice(0, -2) as (string | undefined)[];
    const code = await run({ args: positionals, options: values.at(-2) as Record<string, unknown>, painted });
    process.exitCode = code ?? exitCodes.ok;
  });
}

/** Prints an error once and gives the exit code. What is neither a refusal nor a failure of the world is a defect of ours. */
function tell(thrown: unknown, { painted, exits }: { painted: boolean; exits: Exits }): number {
  const error = explain(thrown, 'cannot go on');
  const code = exitOf(error, exits);
  if (error instanceof CommanderError) {
    // A group without a verb prints its help, and that is what was asked for.
    if (code === exitCodes.ok || error.code === 'commander.help') return exitCodes.ok;
    if (painted) wipeFirstFrame();
    process.stderr.write(`oompa: ${error.message.replace(/^error: /, '')}\n  see: oompa help\n`);
    return code ?? exits.usage;
  }
  if (painted) wipeFirstFrame();
  const text = (line: string) => clean(line, { lines: true });
  if (error instanceof Refusal || error instanceof EffectError) {
    process.stderr.write(`oompa: ${text(error.message)}\n${error.hint ? `  ${text(error.hint)}\n` : ''}`);
    return code ?? exits.failure;
  }
  process.stderr.write(`oompa: this is a defect of oompa: ${text(messageOf(error))}\n`);
  if (error instanceof Error && error.stack) process.stderr.write(`${text(error.stack)}\n`);
  process.stderr.write('  nothing is lost: what was decided is in the journal; start oompa again to go on\n');
  return exitCodes.software;
}

// The program: commands from one table, flags anywhere, errors told once with their hint and a sysexits code.
import { Command, CommanderError } from 'commander';
import { clean } from '../core/clean.ts';
import { EffectError, exitCodes, messageOf, Refusal } from '../core/errors.ts';
import { explain } from '../disk/durable.ts';
import { commands, nameOf } from './commands/index.ts';
import { wipeFirstFrame } from './first-frame.ts';
import { version } from './version.ts';

/** Parses and runs one command line (without node and script). Sets the exit code; never throws. */
export async function runProgram(args: readonly string[], { painted = false } = {}): Promise<void> {
  try {
    if (args.length === 0) createProgram({ painted }).outputHelp();
    else await createProgram({ painted }).parseAsync(commandFirst(args), { from: 'user' });
  } catch (error) {
    process.exitCode = tell(error, painted);
  }
}

/** As commander wants it: the command's name before its flags (`oompa --json status`), and `help x` as `x --help`. */
function commandFirst(args: readonly string[]): readonly string[] {
  const names = commands.flatMap((spec) => [nameOf(spec), ...(spec.aliases ?? [])]);
  const [first = '', second] = args;
  if (first === 'help' && second !== undefined) return names.includes(second) ? [second, '--help'] : [second];
  const at = first.startsWith('-') ? args.findIndex((each) => names.includes(each)) : -1;
  return at < 0 ? args : [args[at] ?? '', ...args.slice(0, at), ...args.slice(at + 1)];
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
  for (const spec of commands) {
    const command = program.command(spec.usage).description(spec.summary).exitOverride();
    for (const alias of spec.aliases ?? []) command.alias(alias);
    for (const [flags, text, parse] of spec.options ?? []) {
      if (parse) command.option(flags, text, parse);
      else command.option(flags, text);
    }
    if (spec.hidden) (command as unknown as { _hidden: boolean })._hidden = true;
    command.action(async (...values: unknown[]) => {
      const { run } = await spec.load();
      // commander gives: every positional, then the options, then the command itself.
      const positionals = values.slice(0, -2) as (string | undefined)[];
      const code = await run({ args: positionals, options: values.at(-2) as Record<string, unknown>, painted });
      process.exitCode = code ?? exitCodes.ok;
    });
  }
  return program;
}

/** Prints an error once and gives the exit code. What is neither a refusal nor a failure of the world is a defect of ours. */
function tell(thrown: unknown, painted: boolean): number {
  const error = explain(thrown, 'cannot go on');
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.ok;
    if (painted) wipeFirstFrame();
    process.stderr.write(`oompa: ${error.message.replace(/^error: /, '')}\n  see: oompa help\n`);
    return exitCodes.usage;
  }
  if (painted) wipeFirstFrame();
  const text = (line: string) => clean(line, { lines: true });
  if (error instanceof Refusal || error instanceof EffectError) {
    process.stderr.write(`oompa: ${text(error.message)}\n${error.hint ? `  ${text(error.hint)}\n` : ''}`);
    return error instanceof Refusal ? error.exitCode : exitCodes.ioerr;
  }
  process.stderr.write(`oompa: this is a defect of oompa: ${text(messageOf(error))}\n`);
  if (error instanceof Error && error.stack) process.stderr.write(`${text(error.stack)}\n`);
  process.stderr.write('  nothing is lost: what was decided is in the journal; start oompa again to go on\n');
  return exitCodes.software;
}

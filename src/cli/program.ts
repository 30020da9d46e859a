// The program: commands from one table, flags anywhere, errors told once with their hint and a sysexits code.
import { Command, CommanderError } from 'commander';
import { clean } from '../core/clean.ts';
import { exitCodes, messageOf, Refusal } from '../core/errors.ts';
import { commands } from './commands/index.ts';
import { wipeFirstFrame } from './first-frame.ts';
import { version } from './version.ts';

/** Parses and runs one command line (without node and script). Sets the exit code; never throws. */
export async function runProgram(args: readonly string[], { painted = false } = {}): Promise<void> {
  try {
    if (args.length === 0) createProgram({ painted }).outputHelp();
    else await createProgram({ painted }).parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = tell(error, painted);
  }
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

/** Prints an error once and gives the exit code. Anything that is not a refusal is a defect of ours. */
function tell(error: unknown, painted: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.ok;
    if (painted) wipeFirstFrame();
    process.stderr.write(`oompa: ${error.message.replace(/^error: /, '')}\n  see: oompa help\n`);
    return exitCodes.usage;
  }
  if (painted) wipeFirstFrame();
  const text = (line: string) => clean(line, { lines: true });
  if (error instanceof Refusal) {
    process.stderr.write(`oompa: ${text(error.message)}\n${error.hint ? `  ${text(error.hint)}\n` : ''}`);
    return error.exitCode;
  }
  process.stderr.write(`oompa: this is a defect of oompa: ${text(messageOf(error))}\n`);
  if (error instanceof Error && error.stack) process.stderr.write(`${text(error.stack)}\n`);
  process.stderr.write('  nothing is lost: what was decided is in the journal; start oompa again to go on\n');
  return exitCodes.software;
}

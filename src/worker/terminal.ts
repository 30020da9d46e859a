// The runner's own terminal settings: keys that would freeze or end it by accident are taken away; Ctrl-C stays.
import { spawn } from 'node:child_process';

/**
 * Ctrl-S would stop our output, and with it the harness, until somebody finds Ctrl-Q (which in a pane means: leave); Ctrl-D would end
 * the typed lines for good; Ctrl-Z and Ctrl-\ would stop or end the runner. Does nothing without a terminal or without stty.
 */
export async function prepareTerminal(input: object): Promise<void> {
  if (input !== process.stdin || !process.stdin.isTTY) return;
  const settings = ['-ixon', 'eof', 'undef', 'susp', 'undef', 'quit', 'undef'];
  const stty = spawn('stty', settings, { stdio: ['inherit', 'ignore', 'ignore'] });
  await new Promise((resolve) => stty.once('error', resolve).once('exit', resolve));
}

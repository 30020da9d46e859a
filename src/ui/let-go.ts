// Stops reading a terminal that is lent to another program. Ink only stops listening: the read that it has begun would still take the
// first bytes, be they a key of the operator or a terminal's answer to that program, and press them as keys when we are back.
import { setImmediate as tick } from 'node:timers/promises';

export async function letGo(stdin: NodeJS.ReadableStream): Promise<void> {
  // The stream notices a tick later that nobody listens any more; only then does a pause reach the terminal.
  await tick();
  stdin.pause();
  await tick();
}

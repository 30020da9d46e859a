#!/usr/bin/env node
// The door. Checks Node, paints the first frame of the TUI before anything heavy is loaded, then loads the program.
import { paintFirstFrame } from './first-frame.ts';

const oldest = 22;
/** Commands whose process may idle for hours. */
const lasting = new Set(['tui', 'run', 'swarm', 'demo', 'supervise', 'work', 'mcp']);
const [major = 0] = process.versions.node.split('.').map(Number);

if (major < oldest) {
  process.stderr.write(
    `oompa: Node.js ${oldest} or newer is needed, this is ${process.versions.node}; run ./oompa of a checkout (it brings its own), or upgrade\n`,
  );
  process.exitCode = 78;
} else {
  const args = process.argv.slice(2);
  const painted = args[0] === 'tui' && !args.some((each) => each === '--help' || each === '-h') && paintFirstFrame();
  // Half the memory of an idle process would be room for new objects that never come. What soon ends may use it.
  if (args.some((each) => lasting.has(each)))
    process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
  const { runProgram } = await import('./program.ts');
  await runProgram(args, { painted });
}

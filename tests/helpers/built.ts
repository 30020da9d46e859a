// The built program, for tests that start it as a person does.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const root = dirname(dirname(import.meta.dirname));

/** Builds dist/ when it is older than its sources (several processes may ask at once), and gives the program's argv. */
export function builtProgram(): string[] {
  execFileSync('sh', [join(root, 'scripts', 'ensure.sh')], { stdio: ['ignore', 'ignore', 'inherit'] });
  return [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'dist', 'oompa.js')];
}

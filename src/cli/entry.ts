// How oompa starts itself again: as a runner in a pane, or as a supervisor in the background.
import { join } from 'node:path';
import { packageFolder } from '../disk/paths.ts';

/** Program and arguments for `oompa <args>` under the Node.js that runs us. */
export function selfCommand(...args: string[]): string[] {
  return [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(packageFolder(), 'dist', 'oompa.js'),
    ...args,
  ];
}

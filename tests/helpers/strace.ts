// Whether system calls can be struck here.
import { spawnSync } from 'node:child_process';

export const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;

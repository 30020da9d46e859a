// The table of `oompa lease`.
import { agentExits } from '../../exits.ts';
import { positiveInteger, span } from '../../values.ts';
import type { GroupSpec } from '../index.ts';

const as = ['--as <address>', 'speak as lead, operator or a worker; a worker always speaks for itself'] as const;
const json = ['--json', 'print JSON'] as const;
const shared = ['--shared', 'beside others who share as well; without it, alone'] as const;
const task = ['--task <id>', 'the task that it is for'] as const;
const ttl = ['--ttl <time>', 'how long it lasts unless renewed, such as 30m (default: 15m)', span] as const;
const number = ['--number <n>', 'the lease with this number', positiveInteger] as const;

export const lease: GroupSpec = {
  usage: 'lease',
  summary: 'who may change which files: ask for them, look, give them back',
  exits: agentExits,
  verbs: [
    {
      usage: 'acquire <paths...>',
      summary: 'ask for files: all of these paths and patterns (from the root of the repository), or none',
      options: [shared, ttl, ['--wait <time>', 'stand in the queue for so long', span], task, as, json],
      load: () => import('./acquire.ts'),
    },
    {
      usage: 'check <paths...>',
      summary: 'say what acquire would say, and change nothing',
      options: [shared, as, json],
      load: () => import('./check.ts'),
    },
    {
      usage: 'list',
      summary: 'show who holds what until when, and who waits for what',
      options: [json],
      load: () => import('./list.ts'),
    },
    {
      usage: 'renew [paths...]',
      summary: 'put off the end of what you hold: these, or all',
      options: [ttl, number, as, json],
      load: () => import('./renew.ts'),
    },
    {
      usage: 'release [paths...]',
      summary: 'give back what you hold: these, or all',
      options: [number, as, json],
      load: () => import('./release.ts'),
    },
    {
      usage: 'force [paths...]',
      summary: 'take from others what overlaps these paths; for the operator and the lead',
      options: [
        number,
        ['--for <address>', 'grant the paths to this one in the same moment'],
        ['-m, --message <text>', 'why; the log and the holder are told'],
        task,
        as,
        json,
      ],
      load: () => import('./force.ts'),
    },
    {
      usage: 'guard [paths...]',
      summary: 'exit 4 when these files (or what is staged) are not all yours to change; a person passes',
      options: [as, json],
      load: () => import('./guard.ts'),
    },
  ],
};

// The tools for leases: who may change which files. What is asked for is granted whole or not at all.
import * as z from 'zod';
import { EffectError } from '../../core/errors.ts';
import type { Conflict, Owner } from '../../leases/contract.ts';
import { conflictTable, leaseTable, modeOf, textOf } from '../commands/lease/said.ts';
import { openLeases, ownerOf } from '../leases.ts';
import type { Mailroom } from '../mailroom.ts';
import { type Tool, tool } from './tool.ts';

const paths = z.array(z.string()).min(1).describe('from the root of the repository: src/a.ts, src/auth/**');
const shared = z.boolean().optional().describe('beside others who share as well');

/** Longest stand in the queue, in seconds: a call that waits cannot be taken back. */
const longestQueue = 60;

export const leaseTools: readonly Tool[] = [
  tool({
    name: 'lease_check',
    description: 'Say whether you could have these files now, and who is in the way. Changes nothing.',
    input: { paths, shared },
    readOnly: true,
    async run({ paths, shared }, { room }) {
      const conflicts = openLeases(room.paths).check(paths, { owner: callerIn(room), mode: modeOf({ shared }) });
      return conflicts.length === 0 ? 'free' : conflictTable(conflicts);
    },
  }),
  tool({
    name: 'lease_acquire',
    description: 'Ask for files before you change what others may change as well: all of them or none.',
    input: { paths, shared, task: z.string().optional(), waitSeconds: z.int().min(0).max(longestQueue).default(0) },
    async run({ paths, shared, task, waitSeconds }, { room }) {
      const answer = await openLeases(room.paths).acquire(paths, {
        owner: callerIn(room),
        task: textOf(task),
        mode: modeOf({ shared }),
        waitMs: waitSeconds * 1_000,
      });
      if (!answer.granted) throw denied(answer.conflicts);
      return `granted:\n${leaseTable([answer.lease])}`;
    },
  }),
  tool({
    name: 'lease_release',
    description: 'Give back files that you hold; without paths, all.',
    input: { paths: paths.optional() },
    async run({ paths }, { room }) {
      const released = await openLeases(room.paths).release(callerIn(room), paths ? { patterns: paths } : {});
      return released.length > 0 ? `released:\n${leaseTable(released)}` : 'you held nothing of that';
    },
  }),
];

function callerIn({ paths, address }: Mailroom): Owner {
  return ownerOf(paths, address);
}

function denied(conflicts: readonly Conflict[]): EffectError {
  const ways = [...new Set(conflicts.map(({ suggestion }) => suggestion))];
  return new EffectError({
    code: 'denied',
    message: `denied: others are in the way\n${conflictTable(conflicts)}`,
    hint: ways.join('\n  '),
  });
}

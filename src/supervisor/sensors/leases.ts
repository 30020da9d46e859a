// The sensor of leases: makes those of tasks what the state says, ends what nobody keeps alive, and makes known what happened to them.
import { join } from 'node:path';
import { clean } from '../../core/clean.ts';
import { readLock } from '../../disk/lock.ts';
import { isAlive } from '../../disk/process.ts';
import type { Lease, LogLine, Owner } from '../../leases/contract.ts';
import { manifestsOf } from '../bounds.ts';
import type { Sight, World } from '../contract.ts';

export async function readLeases({ leases, paths }: World, sight: Sight): Promise<void> {
  const { swarm } = sight.state();
  if (!swarm || swarm.status === 'stopped') return;
  await leases.reconcile(manifestsOf(sight.state()));
  const { changes, expiring, problems } = await leases.keep({
    // A runner that was started anew goes on with what the one before held.
    isAlive: ({ address, process }: Owner) =>
      process === null || isAlive(process) || readLock(join(paths.worker(address), 'lock'))?.alive === true,
    isAtWork: ({ address }: Owner) => Boolean(sight.state().workers[address]?.turn),
  });
  const ended = changes.flatMap(({ change, by, why, lease }: LogLine) =>
    change === 'expired' || change === 'dead' || change === 'forced'
      ? [{ ...seen(lease), how: change, by: clean(by), why: why && clean(why, { maxLine: 300 }) }]
      : [],
  );
  if (ended.length + expiring.length + problems.length === 0) return;
  await sight.dispatch({
    type: 'leases.changed',
    ended,
    expiring: expiring.map(seen),
    problems: problems.map((each) => clean(each)),
  });
}

function seen({ fence, owner, patterns, task, until }: Lease) {
  return { fence, owner: owner.address, patterns: patterns.map((each) => clean(each)), task, until };
}

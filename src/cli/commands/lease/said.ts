// What the commands of leases have in common: who calls, which leases are meant, and how they are shown.
import { clean } from '../../../core/clean.ts';
import { exitCodes } from '../../../core/errors.ts';
import type { Conflict, Lease, Leases, Mode, Owner, Selection, Ticket } from '../../../leases/contract.ts';
import { agentExitCodes } from '../../exits.ts';
import { type Identity, identity } from '../../identity.ts';
import { heartbeat, openLeases, ownerOf } from '../../leases.ts';
import { table } from '../../table.ts';

type Options = Readonly<Record<string, unknown>>;

export interface Caller extends Identity {
  leases: Leases;
  owner: Owner;
}

/** Who calls, with a sign of life when that is an agent. */
export async function callerOf(options: Options): Promise<Caller> {
  const who = identity(options);
  await heartbeat(who);
  return { ...who, leases: openLeases(who.paths), owner: ownerOf(who.paths, who.address) };
}

export function modeOf({ shared }: Options): Mode {
  return shared ? 'shared' : 'exclusive';
}

export function textOf(value: unknown): string | null {
  return value === undefined ? null : String(value);
}

/** Which leases the arguments name; all when they name none. */
export function selectionOf(args: readonly unknown[], { number }: Options): Selection {
  const paths = pathsIn(args);
  return {
    ...(number === undefined ? {} : { fences: [Number(number)] }),
    ...(paths.length === 0 ? {} : { patterns: paths }),
  };
}

/** The paths of a command whose last argument takes all that follow. */
export function pathsIn(args: readonly unknown[]): string[] {
  return args.flat().filter((each) => typeof each === 'string');
}

export function leaseTable(leases: readonly (Lease | Ticket)[]): string {
  const rows = leases.map((each) => [
    String('fence' in each ? each.fence : each.number),
    each.owner.address,
    each.task ?? '',
    each.mode,
    'until' in each ? each.until : `waits since ${each.since}`,
    each.patterns.join(' '),
  ]);
  return tableOf(['number', 'holder', 'task', 'mode', 'until', 'paths'], rows);
}

export function conflictTable(conflicts: readonly Conflict[]): string {
  const rows = conflicts.map(({ pattern, holder, task, held, mode, until }) => [
    ...[pattern, holder, task ?? '', mode, until ?? 'waits for it', held],
  ]);
  return tableOf(['path', 'holder', 'task', 'mode', 'until', 'holds'], rows);
}

/** Tells why nothing was granted, and what can be done; the exit code of that. */
export function deny(conflicts: readonly Conflict[], { json }: Options, facts: object): number {
  if (json) console.log(JSON.stringify({ ...facts, conflicts }, null, 2));
  else {
    const ways = new Set(conflicts.map(({ suggestion }) => `  ${clean(suggestion)}`));
    console.error(`oompa: denied: others are in the way\n${conflictTable(conflicts)}\n${[...ways].join('\n')}`);
  }
  return agentExitCodes.denied;
}

/** Tells what was done to leases: 1 when that was nothing. */
export function tell(verb: string, leases: readonly Lease[], { json }: Options): number {
  if (json) console.log(JSON.stringify({ [verb]: leases }, null, 2));
  else if (leases.length > 0) console.log(`${verb}:\n${leaseTable(leases)}`);
  else console.error(`oompa: nothing was ${verb}: oompa lease list shows what is held`);
  return leases.length > 0 ? exitCodes.ok : agentExitCodes.nothing;
}

function tableOf(head: readonly string[], rows: readonly string[][]): string {
  return table(
    head,
    rows.map((row) => row.map((cell) => clean(cell))),
  );
}

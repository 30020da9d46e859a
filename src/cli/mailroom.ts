// The mail of one repository as commands and tools of agents use it: who calls, what they may, and who is there to be written to.
import { existsSync } from 'node:fs';
import { compareIds } from '../core/ids.ts';
import { excludeFromGit } from '../disk/exclude.ts';
import { fixed } from '../mail/address.ts';
import { type Boxes, createBoxes } from '../mail/boxes.ts';
import { createLife, type Life, type Taker } from '../mail/life.ts';
import { createMailer, type Mailer, nobody } from '../mail/mailer.ts';
import { type Identity, identity } from './identity.ts';
import { heartbeat } from './leases.ts';
import { createPresence, type Presence } from './presence.ts';

export interface Mailroom extends Identity {
  boxes: Boxes;
  mailer: Mailer;
  life: Life;
  presence: Presence;
  /** As whom this process takes messages. */
  taker: Taker;
}

/** Opens the mail for whoever calls. Errors as of `identity`, and EffectError `no-mailbox` for an address that nobody has. */
export async function openMailroom(options: Readonly<Record<string, unknown>> = {}): Promise<Mailroom> {
  const caller = identity(options);
  await heartbeat(caller);
  return roomOf(caller);
}

/** The mail as a caller uses it. */
export async function roomOf(caller: Identity): Promise<Mailroom> {
  const { address, paths } = caller;
  const root = { root: paths.mail };
  const boxes = createBoxes(root);
  const presence = createPresence(paths);
  await ready(caller, boxes);
  return {
    ...caller,
    boxes,
    presence,
    mailer: createMailer({ ...root, members: (group) => membersOf(group, caller) }),
    life: createLife(boxes),
    taker: { by: address, process: presence.processOf(address) },
  };
}

/** The mailboxes of lead and the operator are made when they are asked for; others belong to those who work here. */
async function ready({ address, paths }: Identity, boxes: Boxes): Promise<void> {
  if (fixed.includes(address)) {
    if (!existsSync(paths.home)) await excludeFromGit(paths);
    return boxes.open(address);
  }
  const known = await boxes.addresses();
  if (!known.includes(address)) throw nobody([address], known);
}

/** Groups that only the swarm's state tells. */
const swarmGroups = /^@(?:(reviewers)|task-([a-z0-9][a-z0-9._-]{0,63})|wave-([1-9]\d{0,3}))$/;

/** What groups there are, for a person. */
export const groupNames = ['@all', '@workers', '@lead', '@reviewers', '@task-<id>', '@wave-<n>'] as const;

/** Members of a group that the swarm's state tells; null for no such group. */
export async function membersOf(group: string, { paths }: Pick<Identity, 'paths'>): Promise<readonly string[] | null> {
  const [, reviewers, task, wave] = swarmGroups.exec(group) ?? [];
  if (!reviewers && !task && !wave) return null;
  // The journal is read only for those who ask: it may be long.
  const { readLatest } = await import('./workspace.ts');
  const state = readLatest(paths)?.state;
  if (!state) return [];
  if (reviewers) return Object.values(state.workers).flatMap(({ id, seat }) => (seat === 'reviewer' ? [id] : []));
  const holders = Object.values(state.tasks).flatMap(({ id, worker }) => {
    const asked = task ? id === task : waveOf(state.tasks, id) === Number(wave);
    return asked && worker ? [worker] : [];
  });
  return [...new Set(holders)].sort(compareIds);
}

/** Tasks that wait for nothing are wave 1; every other is one after the latest that it waits for. */
export function waveOf(
  tasks: Readonly<Record<string, { dependsOn: readonly string[] }>>,
  id: string,
  above: ReadonlySet<string> = new Set(),
): number {
  const needs = (tasks[id]?.dependsOn ?? []).filter((each) => tasks[each] && !above.has(each));
  return 1 + Math.max(0, ...needs.map((each) => waveOf(tasks, each, new Set([...above, id]))));
}

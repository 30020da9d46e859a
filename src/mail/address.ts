// Who can be written to: `lead`, `operator` and workers by id, `@all` and `@workers` as groups; and how an address looks on the wire.
import { EffectError } from '../core/errors.ts';
import { compareIds, isId } from '../core/ids.ts';

/** The mailbox for files that are no mail. It takes part in nothing else. */
export const dead = 'dead';

/** Addresses that always exist: their mailboxes are made when somebody writes to them. */
export const fixed: readonly string[] = ['lead', 'operator'];

/** Groups that the mailboxes alone tell. */
const groups: Readonly<Record<string, (addresses: readonly string[]) => readonly string[]>> = {
  '@all': (addresses) => addresses,
  '@workers': (addresses) => addresses.filter((each) => !fixed.includes(each)),
  '@lead': () => ['lead'],
};

/** Members of a group that somebody else knows; null for no such group. */
export type Members = (group: string) => Promise<readonly string[] | null>;

/** Returns the address, or throws an EffectError `bad-address`. */
export function checkAddress(address: string): string {
  if (isId(address)) return address;
  throw new EffectError({
    code: 'bad-address',
    message: `${JSON.stringify(address.slice(0, 80))} is not a mail address`,
    hint: `write to lead, operator, a worker such as w0, or a group: ${Object.keys(groups).join(', ')}`,
  });
}

/** Single addresses of `to`, each once. Groups mean who belongs to them now, without the sender. */
export async function resolve(
  to: readonly string[],
  from: string,
  addresses: () => Promise<string[]>,
  members: Members = async () => null,
): Promise<string[]> {
  const found = new Set<string>();
  for (const each of to) {
    const known = each.startsWith('@') ? await membersOf(each, addresses, members) : null;
    if (!known) found.add(checkAddress(each));
    else for (const one of known) if (one !== from) found.add(one);
  }
  return [...found].sort(compareIds);
}

async function membersOf(group: string, addresses: () => Promise<string[]>, members: Members) {
  const belongs = Object.hasOwn(groups, group) ? groups[group] : undefined;
  return belongs ? belongs(await addresses()) : members(group);
}

/** `w0` as a mailbox that every mail program reads: `w0@oompa`. */
export function toWire(address: string, domain: string): string {
  return `${address}@${domain}`;
}

/** The address of a mailbox of ours, else the mailbox as it is: a stranger's `lead@elsewhere` never becomes `lead`. */
export function fromWire(mailbox: string, domain: string): string {
  const [local = '', at] = mailbox.split('@');
  const ours = isId(local) && (at === undefined || mailbox.toLowerCase() === toWire(local, domain));
  return ours ? local : mailbox;
}

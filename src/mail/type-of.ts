// Which type a message has, and whose messages of a type count.
import { readSubject } from './typed/subject.ts';
import { type SwarmType, swarmTypes, typeNamed } from './typed/types.ts';

/** Whose messages of a type count. */
const senders: Readonly<Record<(typeof swarmTypes)[SwarmType]['sender'], (from: string) => boolean>> = {
  anyone: () => true,
  'lead-or-operator': (from) => from === 'lead' || from === 'operator',
  lead: (from) => from === 'lead',
  operator: (from) => from === 'operator',
};

/** Whether `from` may send messages of this type. */
export function maySend(from: string, type: SwarmType): boolean {
  return senders[swarmTypes[type].sender](from);
}

/** The type that a message has: what its header says, or else the first word of its subject, if it is its sender's to send. */
export function typeOf(header: string | undefined, subject: string, from: string): SwarmType | 'note' {
  const named = header === undefined || header === 'note' ? readSubject(subject, () => false).type : typeNamed(header);
  return named && maySend(from, named) ? named : 'note';
}

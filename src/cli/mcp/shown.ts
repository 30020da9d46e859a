// A message as agents get it: as the command line shows it, but never more of its text than can be sent.
import { sendLimits } from '../../mail/check-draft.ts';
import type { Message } from '../../mail/contract.ts';
import type { Entry } from '../../mail/listing.ts';
import { framed } from '../mail-text.ts';

export function shown(entry: Entry, message: Message): string {
  const { body } = message;
  const rest = body.length - sendLimits.body;
  if (rest <= 0) return framed(entry, message);
  const whole = `oompa mail read ${entry.heading.id}`;
  return `${framed(entry, { ...message, body: body.slice(0, sendLimits.body) })}\n[${rest} characters more: ${whole}]`;
}

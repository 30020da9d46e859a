// Mailboxes in a fresh folder, with all that works on them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Boxes, createBoxes } from '../../src/mail/boxes.ts';
import type { Draft } from '../../src/mail/contract.ts';
import { createLife, type Life } from '../../src/mail/life.ts';
import { listing } from '../../src/mail/listing.ts';
import { createMailer, type Mailer, type MailerOptions, type Sent } from '../../src/mail/mailer.ts';

export interface Mailboxes {
  root: string;
  boxes: Boxes;
  mailer: Mailer;
  life: Life;
  send(draft?: Partial<Draft>): Promise<Sent>;
  /** Subjects in a mailbox, the oldest first. */
  subjects(address: string): Promise<string[]>;
}

export async function makeMailboxes(
  addresses: readonly string[] = ['w0', 'w1', 'w2'],
  options: Partial<MailerOptions> = {},
): Promise<Mailboxes> {
  const root = mkdtempSync(join(tmpdir(), 'oompa-mail-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const boxes = createBoxes({ root, ...options });
  for (const each of [...addresses, 'lead', 'operator']) await boxes.open(each);
  const mailer = createMailer({ root, ...options });
  return {
    root,
    boxes,
    mailer,
    life: createLife(boxes),
    send: (draft) => mailer.send({ from: 'w0', to: ['w1'], subject: 'hello', body: 'Hi.', type: 'note', ...draft }),
    subjects: async (address) => (await listing(boxes, address)).map(({ heading }) => heading.subject),
  };
}

/** A process that has ended. */
export const nobody = { pid: 999_999_999, start: '1', boot: 'none' };

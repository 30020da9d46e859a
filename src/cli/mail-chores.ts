// The keeper's chores for whoever has a mail open, and what they come to in words.
import type { Paths } from '../disk/paths.ts';
import { createBoxes } from '../mail/boxes.ts';
import { createDue } from '../mail/due.ts';
import { type Kept, keepMail } from '../mail/keeper.ts';
import { createLife } from '../mail/life.ts';
import { createMailer } from '../mail/mailer.ts';
import { pruneProgramMail } from '../mail/prune.ts';

const pruneEveryMs = 3_600_000;

/** The chores as the supervisor does them, every few seconds; what was done is told to `log`. */
export function createMailChores({ mail }: Paths, log: (text: string) => void): () => Promise<void> {
  const boxes = createBoxes({ root: mail });
  const office = { boxes, mailer: createMailer({ root: mail }), life: createLife(boxes) };
  const isDue = createDue(boxes);
  let prunedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - prunedAt > pruneEveryMs) {
      prunedAt = performance.now();
      for (const address of await boxes.addresses()) await pruneProgramMail(boxes, address);
    }
    const due = await isDue();
    if (due.length === 0) return;
    for (const line of keptLines(await keepMail(office, due))) log(`mail: ${line}`);
  };
}

/** A line for each thing that was done. */
export function keptLines({ finished, returned, expired, overdue, decided, routed }: Kept): string[] {
  return [
    ...finished.map((id) => `delivered to everybody: ${id}`),
    ...returned.map(
      ({ address, id, reason, dead }) => `${dead ? 'dead' : 'given back'}: ${id} of ${address} (${reason})`,
    ),
    ...expired.map(({ address, id }) => `expired: ${id} of ${address}`),
    ...routed.map((id) => `lead passed on to the operator: ${id}`),
    ...decided.map(({ id, decision }) => `decided by its default: ${id}: ${decision}`),
    ...overdue.map(({ address, id, told }) => `not acked by ${address}, ${told} was told: ${id}`),
  ];
}

// A question answered from the command line.
import { EffectError } from '../core/errors.ts';
import { decide, optionOf, questionOf } from '../mail/decide.ts';
import { open, type SendReport } from './mail-actions.ts';
import type { Mailroom } from './mailroom.ts';

/** Decides a question of the operator's mailbox. Only the person can: an agent has no say in what was asked of the operator. */
export async function choose(room: Mailroom, id: string, said: string): Promise<SendReport> {
  if (room.isAgent) {
    throw new EffectError({
      code: 'denied',
      message: "decisions are the operator's",
      hint: 'answer with oompa mail reply <id> --body …',
    });
  }
  const question = questionOf((await open(room, id)).message);
  if (!question) throw invalid(`${id} is no question`, 'answer it with --body');
  const decision = optionOf(question, said);
  if (decision === null)
    throw invalid(
      `${JSON.stringify(said)} is none of its options`,
      question.options.map((option, at) => `${at + 1} ${option}`).join(', ') || 'say something',
    );
  const sent = await decide(room, { question, decision, by: 'operator' }, room.address);
  return {
    ...sent,
    to: sent.to.map((each) => ({ ...each, status: room.presence.statusOf(each.address) })),
    remarks: [],
  };
}

function invalid(message: string, hint: string): EffectError {
  return new EffectError({ code: 'bad-fields', message, hint });
}

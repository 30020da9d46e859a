// Finding a change by the start of its SHA.
import { exitCodes, Refusal } from '../core/errors.ts';
import { reviewQueue } from '../core/select.ts';
import type { Change, State } from '../core/state.ts';

/** The one change whose SHA starts with `text` (4 characters or more), open ones first. */
export function findChange(state: State, text: string): Change {
  const open = reviewQueue(state);
  const known = Object.values(state.changes);
  const found =
    [open, known]
      .map((all) => all.filter((change) => text.length >= 4 && change.id.startsWith(text.toLowerCase())))
      .find((all) => all.length > 0) ?? [];
  if (found.length === 1 && found[0]) return found[0];
  const names = open.map((change) => `${change.id.slice(0, 10)} ${change.title}`);
  throw new Refusal(found.length > 1 ? `${text} is the start of several changes` : `there is no change ${text}`, {
    hint: names.length > 0 ? `in review: ${names.join('; ')}` : 'nothing is in review',
    exitCode: exitCodes.noinput,
  });
}

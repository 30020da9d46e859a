// The one table of actions. Keys, footer and help are made from it.
import type { Face } from '../store.ts';
import { type Place, placeOf } from '../view.ts';
import type { Action } from './action.ts';
import { mailing } from './mail.ts';
import { moving } from './move.ts';
import { reviewing } from './review.ts';
import { swarm, tasks } from './swarm.ts';
import { workers } from './workers.ts';

export { type Action, type Group, groups } from './action.ts';

export const actions: readonly Action[] = [...reviewing, ...mailing, ...workers, ...tasks, ...moving, ...swarm];

const placeNames: Readonly<Record<Place, string>> = {
  workers: 'workers (1)',
  tasks: 'tasks (2)',
  queue: 'review queue (3)',
  right: 'right panel (4, 5)',
  mail: 'mail (m)',
  message: 'message',
};

/** Does what the key means here, or says why not. Keys that mean nothing are left alone. */
export function act(face: Face, key: string): void {
  const view = face.view();
  const place = placeOf(view);
  const meant = actions.filter((action) => action.keys.includes(key));
  const action = meant.find(({ where }) => !where || where.includes(place));
  if (!action) {
    const [other] = meant;
    if (other?.where)
      face.say(
        'info',
        `${key}: ${wordOf(other, face)} works in: ${other.where.map((place) => placeNames[place]).join(', ')}`,
      );
    return;
  }
  const answer = action.enabled?.(view, face) ?? true;
  if (answer === true) action.run(face, key);
  else face.say('warn', answer);
}

export function wordOf(action: Action, face: Face): string {
  return typeof action.label === 'string' ? action.label : action.label(face.view());
}

/** The keys that apply now, most important first. */
export function footerActions(face: Face): Action[] {
  const view = face.view();
  const place = placeOf(view);
  return actions
    .filter(
      ({ footer, where, enabled }) =>
        footer !== undefined && (!where || where.includes(place)) && (enabled?.(view) ?? true) === true,
    )
    .sort((a, b) => (a.footer ?? 0) - (b.footer ?? 0));
}

// What an action is: one row of the table that keys, footer and help are made from.
import type { Face } from '../store.ts';
import type { Place, View } from '../view.ts';

export const groups = ['Review', 'Mail', 'Workers', 'Tasks', 'Look', 'Swarm', 'Move'] as const;
export type Group = (typeof groups)[number];

/** The panels but for the mailbox, which has keys of its own. */
export const board: readonly Place[] = ['workers', 'tasks', 'queue', 'right'];

export interface Action {
  id: string;
  group: Group;
  keys: readonly string[];
  /** The word in the footer. */
  label: string | ((view: View) => string);
  /** The line in the help overlay. */
  help: string;
  /** Where the key means this; everywhere when left out. */
  where?: readonly Place[];
  /** Place in the footer, lowest first; not there when left out. */
  footer?: number;
  /** True, or the reason why not, for the footer. Without `face` it is asked for the list of keys, not for a press. */
  enabled?(view: View, face?: Face): true | string;
  run(face: Face, key: string): void;
}

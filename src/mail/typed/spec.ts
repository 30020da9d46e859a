// What is said of a type of message, as data. One table of these feeds the check, the writing and the reading.
import type { FieldName } from './fields.ts';

export interface TypeSpec {
  /** Who may send it. `lead` is the program itself. */
  sender: 'anyone' | 'lead-or-operator' | 'lead' | 'operator';
  /** Within how many seconds it asks for an ack by default; null: it asks for none. */
  ackSeconds: number | null;
  /** What it must have; its other fields may be left out. */
  required: readonly FieldName[];
  /** What text under no label is; its first line is told in the subject. */
  main?: FieldName;
  /** `Label: value` at the start. */
  lines: Labels;
  /** Labels that always say the same. */
  constant?: Readonly<Record<string, string>>;
  /** `## Title` over a text or a list, or over `- Label: value`. */
  sections: Readonly<Record<string, FieldName | Labels>>;
}

export type Labels = Readonly<Record<string, FieldName>>;

// What many types share.
export const bead = { Bead: 'task' } as const;
export const attempt = { Bead: 'task', Attempt: 'attempt' } as const;
export const fromAnyone = { sender: 'anyone', ackSeconds: null } as const;
export const fromLead = { sender: 'lead', ackSeconds: null } as const;
export const command = { sender: 'lead-or-operator', ackSeconds: null } as const;

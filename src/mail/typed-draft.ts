// A draft of a typed message: its fields are checked, its text made from them, so that people and programs read the same.
import { EffectError } from '../core/errors.ts';
import type { Draft } from './contract.ts';
import { maySend } from './type-of.ts';
import { checkFields, type Fields } from './typed/check.ts';
import { type FieldName, vocabulary } from './typed/fields.ts';
import { readTyped } from './typed/legacy.ts';
import { renderBody, subjectOf } from './typed/render.ts';
import { type SwarmType, swarmTypes } from './typed/types.ts';

export interface TypedParts {
  type: SwarmType;
  /** By their names; what a hand-written `body` says is added to them. */
  fields: Readonly<Record<string, unknown>>;
  subject?: string | undefined;
  body?: string | undefined;
}

/**
 * Type, subject, body, thread and ack of a typed message. Throws EffectErrors: `denied` when the type is not the sender's to send,
 * `bad-fields` with every field that is missing or wrong.
 */
export function typedDraft(
  from: string,
  { type, fields, subject, body }: TypedParts,
): Pick<Draft, 'type' | 'subject' | 'body'> & { task: string | null; ackSeconds: number | null } {
  if (!maySend(from, type)) {
    throw new EffectError({
      code: 'denied',
      message: `${type} is for ${swarmTypes[type].sender.replaceAll('-', ' ')} to send, not for ${from}`,
      hint: 'send a note instead; nothing was sent',
    });
  }
  const written = body === undefined ? {} : readTyped({ subject: subject ?? '', body, type }).fields;
  const checked = checkFields(type, { ...written, ...valuesOf(fields) });
  if (!checked.ok) {
    throw new EffectError({
      code: 'bad-fields',
      message: `this is no ${type}:${checked.problems.map(({ field, problem }) => `\n  ${field} ${problem}`).join('')}`,
      hint: 'give them as fields by name, or in the text as "Label: value" and "## Section"; nothing was sent',
    });
  }
  const made = checked.fields as Fields<SwarmType>;
  const { task } = made as { task?: string };
  return {
    type,
    subject: subject ?? subjectOf(type, made),
    body: renderBody(type, made),
    task: task ?? null,
    ackSeconds: swarmTypes[type].ackSeconds,
  };
}

/** What texts stand for, as in a message written by hand: `45%`, `a, b`, `PASS`. */
function valuesOf(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values = Object.entries(fields).map(([name, value]) => {
    if (typeof value !== 'string' || !Object.hasOwn(vocabulary, name)) return [name, value];
    return [name, vocabulary[name as FieldName].read(value, () => false).value ?? value];
  });
  return Object.fromEntries(values);
}

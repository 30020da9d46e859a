// Whether the fields of a typed message are what its type asks for, said so that who wrote them can mend them.
import * as z from 'zod';
import { type FieldName, type FieldValue, vocabulary } from './fields.ts';
import { layoutOf } from './layout.ts';
import { type SwarmType, swarmTypes } from './types.ts';

/** What `checkFields` lets through: what the type requires, and whatever else it has. */
export type Fields<T extends SwarmType> = T extends SwarmType
  ? { [K in RequiredOf<T>]: FieldValue<K> } & { [K in Exclude<FieldName, RequiredOf<T>>]?: FieldValue<K> }
  : never;
type RequiredOf<T extends SwarmType> = (typeof swarmTypes)[T]['required'][number];

export interface Problem {
  /** Name of the field; empty when it is not about one. */
  field: string;
  /** What is wrong with it and what to do, in words that follow the name. */
  problem: string;
}

/** The fields of a type. Unknown ones are refused; texts come out with \n as line ends and without blanks at their ends. */
export function schemaOf(type: SwarmType): z.ZodObject<Record<string, z.ZodType>> {
  const required: readonly FieldName[] = swarmTypes[type].required;
  const shape = [...layoutOf(type).places.keys()].map((field) => {
    const { schema } = vocabulary[field];
    return [field, required.includes(field) ? schema : schema.optional()] as const;
  });
  return z.strictObject(Object.fromEntries(shape));
}

/** Checks the fields that somebody gives for a message of a type. */
export function checkFields<T extends SwarmType>(
  type: T,
  fields: unknown,
): { ok: true; fields: Fields<T> } | { ok: false; problems: Problem[] } {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    return { ok: false, problems: [{ field: '', problem: 'fields must be an object of names and values' }] };
  }
  const { valid, problems } = sift(type, fields as Record<string, unknown>);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, fields: valid as Fields<T> };
}

/** The fields that are valid, and what is wrong with the others. */
export function sift(
  type: SwarmType,
  fields: Readonly<Record<string, unknown>>,
): { valid: Record<string, unknown>; problems: Problem[] } {
  const { shape } = schemaOf(type);
  const { places } = layoutOf(type);
  const valid: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [field, { written }] of places) {
    const { data, success } = shape[field]?.safeParse(fields[field]) ?? { success: false };
    if (!success) {
      const { wanted } = vocabulary[field];
      const missing = fields[field] === undefined;
      const problem = missing ? `is missing: give ${wanted}; in a text it stands as "${written}"` : `must be ${wanted}`;
      problems.push({ field, problem });
    } else if (data !== undefined) valid[field] = data;
  }
  for (const field of Object.keys(fields).filter((each) => !Object.hasOwn(shape, each))) {
    problems.push({ field, problem: `is not a field of ${type}: use ${[...places.keys()].join(', ')}` });
  }
  return { valid, problems };
}

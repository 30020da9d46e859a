// How the fields of a type stand in its text, looked up by field and by the names that people write.
import type { FieldName } from './fields.ts';
import type { TypeSpec } from './spec.ts';
import { type SwarmType, swarmTypes } from './types.ts';

export interface Place {
  /** Title of the section, as `nameOf` has it; empty: before the first. */
  section: string;
  /** As it is written: `Bead: …`, `## Problem`. */
  written: string;
}

export interface Layout {
  places: ReadonlyMap<FieldName, Place>;
  /** By `nameOf` of a label or title: its field; null where it says nothing that the type does not say. */
  names: ReadonlyMap<string, FieldName | null>;
  /** Titles of sections that hold labels, by `nameOf`. */
  groups: ReadonlySet<string>;
}

/** What a field is also called, in every type that has it. */
const synonyms: Partial<Record<FieldName, readonly string[]>> = {
  task: ['bead', 'issue'],
  files: ['files touched', 'files changed'],
};

export function layoutOf(type: SwarmType): Layout {
  const spec: TypeSpec = swarmTypes[type];
  const places = new Map<FieldName, Place>();
  const names = new Map<string, FieldName | null>();
  const groups = new Set<string>();
  const put = (field: FieldName, name: string, section: string, written: string) => {
    places.set(field, { section: nameOf(section), written });
    names.set(nameOf(name), field);
  };
  for (const [label, field] of Object.entries(spec.lines)) put(field, label, '', `${label}: …`);
  for (const label of Object.keys(spec.constant ?? {})) names.set(nameOf(label), null);
  for (const [title, content] of Object.entries(spec.sections)) {
    if (typeof content === 'string') put(content, title, title, `## ${title}`);
    else {
      groups.add(nameOf(title));
      for (const [label, field] of Object.entries(content)) put(field, label, title, `- ${label}: …`);
    }
  }
  for (const field of places.keys()) {
    for (const name of [nameOf(field), ...(synonyms[field] ?? [])]) if (!names.has(name)) names.set(name, field);
  }
  return { places, names, groups };
}

/** A label or title without case, marks of Markdown and a colon at its end; `_` and `-` are blanks. At most 80 characters count. */
export function nameOf(text: string): string {
  // What nearly every label is, and a body may have a million of them.
  if (/^[A-Za-z]{1,20}(?: [A-Za-z]{1,20}){0,3}$/.test(text)) return text.toLowerCase();
  const plain = text
    .slice(0, 80)
    .replace(/[*`]/g, '')
    .replace(/[\s_-]+/g, ' ')
    .trim();
  return plain.replace(/\s*:$/, '').toLowerCase();
}

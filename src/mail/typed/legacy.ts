// Reads typed messages that were written by hand, or by AgentOps: subject and labels become fields. Nothing is guessed: what
// is not clearly said is left out and told.
import { type Problem, sift } from './check.ts';
import { type FieldName, vocabulary } from './fields.ts';
import type { Kind } from './kinds.ts';
import { type Layout, layoutOf, nameOf } from './layout.ts';
import { isBullet } from './lists.ts';
import { type Outline, outline, unescapeText } from './outline.ts';
import type { TypeSpec } from './spec.ts';
import { readSubject } from './subject.ts';
import { type SwarmType, swarmTypes, typeNamed } from './types.ts';

export interface HandWritten {
  subject: string;
  body: string;
  /** What a header says the type is. `note` says nothing: every message without the header is one. */
  type?: string | null;
  /** Whether a task is known; for ids outside the grammar. Default: none is. */
  isTask?: (id: string) => boolean;
}

export interface Typed {
  /** Null: a plain note. */
  type: SwarmType | null;
  task: string | null;
  /** The valid ones. */
  fields: Record<string, unknown>;
  /** What was read otherwise than written. */
  warnings: string[];
  /** What is missing or invalid; with one the message is not what its type asks for. */
  problems: Problem[];
}

/** Reads any text, in linear time. */
export function readTyped({ subject, body, type: header = null, isTask = () => false }: HandWritten): Typed {
  const head = readSubject(subject, isTask);
  const warnings = [...head.warnings];
  const said = header === null || /^note$/i.test(header) ? null : header;
  const type = said === null ? head.type : typeNamed(said.slice(0, 80));
  if (said !== null && type === null) warnings.push(`${JSON.stringify(said.slice(0, 80))} is not a type that is known`);
  if (type === null) return { type, task: head.task, fields: {}, warnings, problems: [] };
  if (head.type !== null && head.type !== type) warnings.push(`the header says ${type}, the subject ${head.type}`);
  const read = readBody(type, body, isTask, warnings);
  const task = typeof read.task === 'string' ? read.task : head.task;
  if (task !== null && head.task !== null && task !== head.task) {
    warnings.push(`the body is about ${task}, the subject about ${head.task}: the body counts`);
  }
  const { valid, problems } = sift(type, task === null ? read : { ...read, task });
  if (task !== null) valid.task = task;
  return {
    type,
    task,
    fields: valid,
    warnings,
    problems: problems.filter((each) => task === null || each.field !== 'task'),
  };
}

function readBody(
  type: SwarmType,
  body: string,
  isTask: (id: string) => boolean,
  warnings: string[],
): Record<string, unknown> {
  const spec: TypeSpec = swarmTypes[type];
  const layout = layoutOf(type);
  const texts = textsIn(body, layout, spec.main, warnings);
  const fields: Record<string, unknown> = {};
  for (const [field, text] of texts) {
    const { value, detail, warning } = (vocabulary[field] as Kind<unknown>).read(text, isTask);
    if (warning !== undefined) warnings.push(`${field}: ${warning}`);
    if (value !== undefined) fields[field] = value;
    const extra = `${field}_detail` as FieldName;
    if (detail !== undefined && layout.places.has(extra) && !texts.has(extra)) fields[extra] = detail;
  }
  return fields;
}

/** The text of each field: the first in its own section, else the first anywhere. What stands under no label is that of `main`. */
function textsIn(
  body: string,
  layout: Layout,
  main: FieldName | undefined,
  warnings: string[],
): ReadonlyMap<FieldName, string> {
  const texts = new Map<FieldName, string>();
  const own = new Set<FieldName>();
  const twice = new Set<FieldName>();
  const put = (field: FieldName | null, section: string, read: () => string) => {
    if (field === null) return;
    const isOwn = layout.places.get(field)?.section === section;
    if (texts.has(field) && (own.has(field) || !isOwn)) {
      if (own.has(field) === isOwn) twice.add(field);
      return;
    }
    const text = read();
    if (text.trim() === '') return;
    texts.set(field, text);
    if (isOwn) own.add(field);
  };
  const fieldOf = (name: string) => (layout.groups.has(name) ? undefined : layout.names.get(name));
  const whole = outline(body, (title) => fieldOf(nameOf(title)) !== undefined);
  const loose = new Uint8Array(whole.lines.length);
  for (const { title, from, to } of whole.parts) {
    const section = nameOf(title ?? '');
    const field = title === null ? undefined : fieldOf(section);
    if (field !== undefined) {
      put(field, section, () => unescapeText(whole.lines.slice(from, to), whole.fenced.subarray(from, to)));
      continue;
    }
    if (title !== null && !layout.groups.has(section)) loose[from - 1] = 1;
    for (let at = from; at < to; ) {
      const start = at;
      const label = labelAt(whole, at, layout);
      at = label === null ? at + 1 : valueEnd(whole, at + 1, to, label.value === '', layout);
      if (label === null) loose[start] = 1;
      else put(label.field, section, () => [label.value, ...continued(whole.lines.slice(start + 1, at))].join('\n'));
    }
  }
  if (main !== undefined && !texts.has(main)) {
    put(main, '', () => whole.lines.filter((_, at) => loose[at] === 1).join('\n'));
  }
  for (const field of twice) warnings.push(`${field} is there more than once: the first counts`);
  if (whole.open !== null) warnings.push('a code fence is never closed: all that follows it is code');
  return texts;
}

const decorated = /^ {0,3}(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?(\*\*|__)?(.*)$/;

/** `Label: value` at the start of a line, after a bullet and in bold if need be, when the type knows the label. */
function labelAt({ lines, fenced }: Outline, at: number, { names }: Layout) {
  const line = lines[at] ?? '';
  const colon = line.indexOf(':');
  if (colon < 1 || colon > 80 || fenced[at] === 1) return null;
  const before = line.slice(0, colon);
  const [, bold = '', label = ''] = /^[A-Za-z]/.test(before) ? ['', '', before] : (decorated.exec(before) ?? []);
  const field = /^\s/.test(label) ? undefined : names.get(nameOf(label));
  if (field === undefined) return null;
  const value = line.slice(colon + 1).trimStart();
  const unbold = bold !== '' && !label.endsWith(bold) && value.startsWith(bold);
  return { field, value: unbold ? value.slice(bold.length).trimStart() : value };
}

/**
 * Where the value of a label ends whose next line is `from`: it goes on in indented lines, over blank ones if four deep, and in
 * a paragraph or bullets right below a label that has nothing behind it.
 */
function valueEnd(whole: Outline, from: number, to: number, empty: boolean, layout: Layout): number {
  let end = from;
  for (let at = from; at < to; at += 1) {
    const line = whole.lines[at] ?? '';
    if (line.trim() === '') continue;
    const deep = line.startsWith('    ');
    const near = at === end || (empty && isBullet(line));
    const goesOn = deep || (near && (empty || line.startsWith('  ')) && labelAt(whole, at, layout) === null);
    if (whole.fenced[at] === 1 || !goesOn) break;
    end = at + 1;
  }
  return end;
}

function continued(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^ {1,4}/, ''));
}

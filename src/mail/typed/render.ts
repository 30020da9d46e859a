// A typed message as text: what AgentOps' parser reads, and people read in a mail program. legacy.ts reads back the same fields.
import { clean } from '../../core/clean.ts';
import type { Fields } from './check.ts';
import { type FieldName, vocabulary } from './fields.ts';
import type { Kind } from './kinds.ts';
import { bulletList, inlineList } from './lists.ts';
import { escapeText } from './outline.ts';
import type { Labels, TypeSpec } from './spec.ts';
import { type SwarmType, swarmTypes } from './types.ts';

/** The body, in Markdown. `fields` are checked ones. */
export function renderBody<T extends SwarmType>(type: T, fields: Fields<T>): string {
  const spec: TypeSpec = swarmTypes[type];
  const constants = Object.entries(spec.constant ?? {}).map(([label, value]) => `${label}: ${value}`);
  const head = [...labelled(spec.lines, fields, ''), ...constants];
  const sections = Object.entries(spec.sections).map(([title, content]) => {
    const text = typeof content === 'string' ? block(fields, content) : labelled(content, fields, '- ').join('\n');
    return text === '' ? '' : `## ${title}\n${text}`;
  });
  return [head.join('\n'), ...sections].filter((each) => each !== '').join('\n\n');
}

/** `[task] TYPE`, with a few words of what it is about. */
export function subjectOf<T extends SwarmType>(type: T, fields: Fields<T>): string {
  const spec: TypeSpec = swarmTypes[type];
  const task = fieldIn(fields, 'task');
  const about = spec.main === undefined ? '' : firstLine(fieldIn(fields, spec.main));
  return `${task === undefined ? '' : `[${task}] `}${type}${about === '' ? '' : `: ${about}`}`;
}

const words = new RegExp(Object.keys(swarmTypes).join('|'), 'i');

/** Without a word that is a type: AgentOps' parser takes the first it finds anywhere in a subject. */
function firstLine(value: unknown): string {
  const [first = ''] = String(value ?? '')
    .trimStart()
    .split('\n', 1);
  const line = clean(first, { maxLine: 72 }).trim();
  return words.test(line) ? '' : line;
}

function labelled(labels: Labels, fields: object, bullet: string): string[] {
  return Object.entries(labels).flatMap(([label, field]) => {
    const value = fieldIn(fields, field);
    return value === undefined ? [] : `${bullet}${label}:${afterLabel(field, value)}`;
  });
}

/** On the line of the label; what does not fit there is indented by four below it, where nothing is a label, heading or fence. */
function afterLabel(field: FieldName, value: unknown): string {
  if (Array.isArray(value)) {
    const inline = inlineList(value);
    return inline === null ? `\n${indent(bulletList(value))}` : ` ${inline}`;
  }
  const text = print(field, value);
  if (/^\s/.test(text)) return `\n${indent(text)}`;
  const [first = '', ...more] = text.split('\n');
  return more.length === 0 ? ` ${first}` : ` ${first}\n${indent(more.join('\n'))}`;
}

/** Of lines by \n alone: to a regular expression there are others, which a text may have. */
function indent(text: string): string {
  const lines = text.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
  return lines.join('\n');
}

function block(fields: object, field: FieldName): string {
  const value = fieldIn(fields, field);
  if (value === undefined) return '';
  return Array.isArray(value) ? bulletList(value) : escapeText(print(field, value));
}

function fieldIn(fields: object, field: FieldName): unknown {
  return (fields as Partial<Record<FieldName, unknown>>)[field];
}

function print(field: FieldName, value: unknown): string {
  return (vocabulary[field] as Kind<unknown>).print?.(value) ?? String(value);
}

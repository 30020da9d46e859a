// What is wrong with an oompa.json, in words: field, what was expected, and the key that was probably meant.
import * as z from 'zod';
import { clean } from '../core/clean.ts';
import { Config } from '../core/config.ts';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is wrong with one field, and what to write instead. */
export interface ConfigProblem {
  /** `workers[0].model`; `(file)` for the file as a whole. */
  field: string;
  what: string;
}

/** The problems in the order in which a reader of the file meets them. `value`: the file's content. */
export function describeProblems(issues: readonly Issue[], value: unknown): ConfigProblem[] {
  return issues
    .flatMap((issue) => flatten(issue, value))
    .map((problem) => ({ ...problem, place: placeOf(problem.path, value) }))
    .sort((a, b) => comparePlaces(a.place, b.place))
    .map(({ path, what }) => ({ field: fieldName(path), what }));
}

interface Problem {
  path: Path;
  what: string;
}

function flatten(issue: Issue, value: unknown, above: Path = []): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], what: unknownKey(path, key) }));
  if (issue.code === 'invalid_union') {
    // The branch that went deepest is the one that was meant; if none went in at all, every branch was expected.
    const meant = issue.errors.find(
      (branch) => !branch.some((each) => each.path.length === 0 && each.code === 'invalid_type'),
    );
    if (meant) return meant.flatMap((each) => flatten(each as Issue, value, path));
    const expected = issue.errors
      .flat()
      .flatMap((each) => (each.code === 'invalid_type' ? [withArticle(each.expected)] : []));
    return [{ path, what: `expected ${[...new Set(expected)].join(' or ')}, got ${nameOf(valueAt(path, value))}` }];
  }
  if (issue.code === 'invalid_key') {
    const [name] = issue.path.slice(-1);
    return issue.issues.map(({ message }) => ({ path, what: `${message}, got ${nameOf(String(name))}` }));
  }
  return [{ path, what: wording(issue, path, valueAt(path, value)) }];
}

function wording(issue: Issue, path: Path, value: unknown): string {
  if (value === undefined) {
    const examples = nodesAt(path).flatMap((node) => node.examples ?? []);
    return `is missing${examples.length > 0 ? `; write for instance ${examples.map((each) => JSON.stringify(each)).join(' or ')}` : ''}`;
  }
  if (issue.code === 'invalid_type') return `expected ${withArticle(issue.expected)}, got ${nameOf(value)}`;
  if (issue.code === 'invalid_value') {
    const options = issue.values.map((each) => JSON.stringify(each)).join(' or ');
    const near = typeof value === 'string' ? nearest(value, issue.values.map(String)) : null;
    return `expected ${options}, got ${nameOf(value)}${near ? ` (did you mean "${near}"?)` : ''}`;
  }
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'expected some text, got ""';
  return `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}, got ${nameOf(value)}`;
}

function unknownKey(path: Path, key: string): string {
  const keys = keysAt(path);
  const near = nearest(key, keys);
  return near ? `unknown key; did you mean "${near}"?` : `unknown key; known here: ${keys.join(', ')}`;
}

interface SchemaNode {
  examples?: unknown[];
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | boolean;
  items?: SchemaNode;
  anyOf?: SchemaNode[];
}

/** The keys that the schema knows at a path. */
function keysAt(path: Path): string[] {
  return nodesAt(path).flatMap((node) => Object.keys(node.properties ?? {}));
}

/** What the schema says of a path, in all branches. */
function nodesAt(path: Path): SchemaNode[] {
  let nodes = [z.toJSONSchema(Config, { io: 'input' }) as SchemaNode];
  for (const step of path) {
    nodes = nodes
      .flatMap(branches)
      .flatMap((node) => (typeof step === 'number' ? node.items : entryOf(node, String(step))) ?? []);
  }
  return nodes.flatMap(branches);
}

/** What the schema says of a key: its own entry, or that of any name. */
function entryOf({ properties, additionalProperties: any }: SchemaNode, key: string): SchemaNode | undefined {
  return properties?.[key] ?? (typeof any === 'object' ? any : undefined);
}

function branches(node: SchemaNode): SchemaNode[] {
  return [node, ...(node.anyOf ?? []).flatMap(branches)];
}

function valueAt(path: Path, value: unknown): unknown {
  return path.reduce<unknown>(
    (inside, step) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, step) : undefined),
    value,
  );
}

/** Where a path stands in its document: the index of each key among its neighbours; what is missing comes after them. */
function placeOf(path: Path, value: unknown): number[] {
  return path.map((step, depth) => {
    if (typeof step === 'number') return step;
    const around = valueAt(path.slice(0, depth), value);
    const index = typeof around === 'object' && around !== null ? Object.keys(around).indexOf(String(step)) : -1;
    return index < 0 ? Number.MAX_SAFE_INTEGER : index;
  });
}

function comparePlaces(a: number[], b: number[]): number {
  const differs = a.findIndex((each, depth) => each !== b[depth]);
  if (differs < 0) return a.length - b.length;
  return (a[differs] ?? 0) - (b[differs] ?? -1);
}

/** `workers[0].model`; the whole file is `(file)`. */
function fieldName(path: Path): string {
  const name = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return clean(name.replace(/^\./, ''), { maxLine: 120 }) || '(file)';
}

function withArticle(type: string): string {
  const word = type === 'int' ? 'integer' : type;
  return `${/^[aeio]/.test(word) ? 'an' : 'a'} ${word}`;
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value !== null && typeof value === 'object') return 'an object';
  return value === undefined ? 'nothing' : clean(JSON.stringify(value), { maxLine: 60 });
}

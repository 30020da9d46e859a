// A task file as data: read from EDN or JSON in whatever spelling people use, annotated without disturbing the rest.
import { clean } from '../core/clean.ts';
import { messageOf } from '../core/errors.ts';
import { normalise } from '../core/globs.ts';
import { isId } from '../core/ids.ts';
import {
  appendTo,
  type Document,
  type Entry,
  type Plain,
  plainOf,
  readDocument,
  setEntries,
  valueAt,
} from './document.ts';
import type { Syntax } from './form.ts';

export interface Task {
  id: string;
  /** Cleaned, one line. */
  summary: string;
  priority: number | null;
  /** Ids, each once. */
  dependsOn: string[];
  /** Patterns of files, normalised, each once. */
  files: string[];
}

const names = {
  summary: ['summary', 'title', 'description'],
  dependsOn: ['dependencies', 'depends-on', 'depends_on', 'dependsOn', 'blocked-by', 'blocked_by', 'blockedBy'],
  files: ['files', 'manifest'],
} as const;

/**
 * Reads a task. `file` (its base name) decides the format and gives the id when the text has none. Throws an Error whose message is for people:
 * a syntax error with its line, an id or a dependency that is no id, a file that is none of the repository.
 */
export function parseTask(text: string, file: string): Task {
  const document = readDocument(text, syntaxOf(file));
  const id = idOf(valueAt(document, 'id') ?? stemOf(file), 'the id');
  return {
    id,
    summary: summaryOf(document) || id,
    priority: priorityOf(valueAt(document, 'priority')),
    dependsOn: listOf(document, 'dependsOn', (each) => idOf(each, 'the dependency')),
    files: filesOf(document),
  };
}

/** Writes annotations into a task's text, with keys in the style of the file (`completed-by`, `completed_by`, `completedBy`). */
export function annotate(text: string, file: string, notes: Readonly<Record<string, Plain>>): string {
  const document = readDocument(text, syntaxOf(file));
  return setEntries(document, inStyle(document, notes));
}

/**
 * Appends a note to the list `attempts` of a task's text (`oompa-attempts` where the file uses that word for something else). A note
 * that is the last one already changes nothing.
 */
export function appendAttempt(text: string, file: string, note: Readonly<Record<string, Plain>>): string {
  const document = readDocument(text, syntaxOf(file));
  const item = inStyle(document, note);
  for (const name of ['attempts', 'oompa-attempts']) {
    const entry = document.entries.find((each) => each.name === name);
    if (entry && lastOf(document, entry) === JSON.stringify(item)) return text;
    const appended = appendTo(document, name, item);
    if (appended !== false) return appended;
  }
  throw new Error('neither attempts nor oompa-attempts is a list');
}

/** The file name without `.edn` or `.json`. */
export function stemOf(file: string): string {
  return file.replace(/\.(?:edn|json)$/, '');
}

/** Whether a file name is that of a task. */
export function isTaskFile(file: string): boolean {
  return /^[^.].*\.(?:edn|json)$/s.test(file);
}

function syntaxOf(file: string): Syntax {
  return file.endsWith('.json') ? 'json' : 'edn';
}

function idOf(value: unknown, what: string): string {
  const id = typeof value === 'string' || typeof value === 'number' ? String(value).replace(/^:/, '') : '';
  if (isId(id)) return id;
  throw new Error(
    `${what} ${shownOf(value)} is not usable: lower-case letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit`,
  );
}

/** As many as a lease may have. */
const mostFiles = 1_000;

function filesOf(document: Document): string[] {
  const files = listOf(document, 'files', patternOf);
  if (files.length > mostFiles) throw new Error(`it names more than ${mostFiles} files; write patterns`);
  return files;
}

function patternOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`the file ${shownOf(value)} is not usable: write a path or a pattern`);
  try {
    return normalise(value);
  } catch (error) {
    throw new Error(`the file ${messageOf(error)}`);
  }
}

function shownOf(value: unknown): string {
  return clean(JSON.stringify(value) ?? String(value), { maxLine: 80 });
}

/** What stands under any of the names of a key, one or many, each once. */
function listOf(document: Document, key: keyof typeof names, read: (value: unknown) => string): string[] {
  const found = new Set<string>();
  for (const name of names[key]) {
    const value = valueAt(document, name);
    if (value === null) continue;
    for (const each of Array.isArray(value) ? value : [value]) found.add(read(each));
  }
  return [...found];
}

/** The first line of the first that is text; empty when none is. */
function summaryOf(document: Document): string {
  for (const name of names.summary) {
    const value = valueAt(document, name);
    const [first = ''] = typeof value === 'string' ? value.trim().split(/\r?\n/) : [];
    if (first !== '') return clean(first, { maxLine: 300 }).trim();
  }
  return '';
}

/** `2`, `"2"`, `"P1"`, `:p1`; anything else is none. */
function priorityOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  const digits = typeof value === 'string' ? /^:?p?(-?\d{1,9}(?:\.\d{1,9})?)$/i.exec(value.trim())?.[1] : undefined;
  return digits === undefined ? null : Number(digits);
}

function inStyle(document: Document, notes: Readonly<Record<string, Plain>>): Record<string, Plain> {
  const keys = document.entries.map((entry) => entry.name);
  const style = (name: string) => {
    if (keys.some((key) => /[a-z]-[a-z]/.test(key))) return name;
    if (keys.some((key) => /[a-z]_[a-z]/.test(key))) return name.replaceAll('-', '_');
    if (keys.some((key) => /[a-z][A-Z]/.test(key)))
      return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    return name;
  };
  return Object.fromEntries(Object.entries(notes).map(([name, value]) => [style(name), value]));
}

function lastOf(document: Document, entry: Entry): string | undefined {
  const last = entry.value.open === '[' ? entry.value.children.at(-1) : undefined;
  return last && JSON.stringify(plainOf(document, { ...entry, value: last }));
}

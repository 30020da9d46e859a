// A map in a text, EDN or JSON: its entries, and setting them in place. Whatever is not set stays as it was written, comments included.
import { isDeepStrictEqual } from 'node:util';
import { parseEDNString, toEDNString } from 'edn-data';
import { parseJson, SyntaxProblem } from '../disk/json.ts';
import { type Form, readForm, type Syntax } from './form.ts';

/** A value that we write: text, numbers, and records of them. */
export type Plain = string | number | null | { [name: string]: Plain };

export interface Entry {
  /** The key's name, without the colon of a keyword or the quotes of a string. */
  name: string;
  key: Form;
  value: Form;
}

export interface Document {
  text: string;
  syntax: Syntax;
  map: Form;
  entries: Entry[];
  /** Of JSON: the same as data. */
  data: Readonly<Record<string, unknown>>;
}

/** Reads the map that a text holds (of EDN the first form). Throws a SyntaxProblem when it is no map or a key stands twice. */
export function readDocument(text: string, syntax: Syntax): Document {
  const data = (syntax === 'json' ? parseJson(text) : {}) as Document['data'];
  const map = readForm(text, syntax);
  if (map.open !== '{') throw new SyntaxProblem(text, map.start, 'expected a map { … }');
  const entries: Entry[] = [];
  for (let index = 0; index < map.children.length; index += 2) {
    const [key, value] = map.children.slice(index, index + 2);
    if (!key || !value) throw new SyntaxProblem(text, key?.start ?? 0, 'a key without a value');
    const name = nameOf(text.slice(key.start, key.end), syntax);
    if (entries.some((entry) => entry.name === name))
      throw new SyntaxProblem(text, key.start, `the key ${name} stands twice`);
    entries.push({ name, key, value });
  }
  return { text, syntax, map, entries, data };
}

/** What a key holds as plain data; null when it holds nothing, or is not there. */
export function valueAt(document: Document, name: string): unknown {
  if (document.syntax === 'json') return document.data[name] ?? null;
  const entry = document.entries.find((each) => each.name === name);
  return entry ? plainOf(document, entry) : null;
}

/** A value as plain data: keywords and symbols become text, lists and sets arrays. Where EDN characters are brackets, its source. */
export function plainOf(document: Document, { value }: Entry): unknown {
  return parseValue(document.text.slice(value.start, value.end), document.syntax);
}

/**
 * Sets entries: replaces a value that is there, adds the others at the end of the map in the style of the file. Gives the new text,
 * which was read again and compared: only what was set differs.
 */
export function setEntries(document: Document, changes: Readonly<Record<string, Plain>>): string {
  let now = document;
  for (const [name, value] of Object.entries(changes)) {
    const entry = now.entries.find((each) => each.name === name);
    const text = entry
      ? splice(now.text, entry.value.start, print(value, now.syntax), entry.value.end)
      : insert(now, now.map, `${keyText(name, now)}${print(value, now.syntax)}`);
    now = readDocument(text, now.syntax);
  }
  verify(document, now, (entry) =>
    Object.hasOwn(changes, entry.name) ? isDeepStrictEqual(plainOf(now, entry), changes[entry.name]) : undefined,
  );
  return now.text;
}

/** Appends an item to the list that is the value of `name`; false when it is no list. A missing list is made. */
export function appendTo(document: Document, name: string, item: Plain): string | false {
  const entry = document.entries.find((each) => each.name === name);
  const printed = print(item, document.syntax);
  if (entry && entry.value.open !== '[') return false;
  const text = entry
    ? insert(document, entry.value, printed)
    : insert(document, document.map, `${keyText(name, document)}[${printed}]`);
  const now = readDocument(text, document.syntax);
  verify(document, now, (each) => {
    if (each.name !== name) return undefined;
    const olds = entry?.value.children.map((child) => source(document, child)) ?? [];
    const news = each.value.children.map((child) => source(now, child));
    return (
      isDeepStrictEqual(news.slice(0, -1), olds) && isDeepStrictEqual(parseValue(news.at(-1) ?? '', now.syntax), item)
    );
  });
  return text;
}

const stringOrCharacter = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|\\([\s\S])/g;

// The EDN library takes the characters \{ \( \" \; for a bracket, a string, a comment.
function isMisread(edn: string): boolean {
  if (!edn.includes('\\')) return false;
  return [...edn.matchAll(stringOrCharacter)].some(([, character]) => character && '(){}[]";,'.includes(character));
}

const plainString = /^"([^"\\]*)"$/;
const plainInteger = /^-?(?:0|[1-9]\d{0,14})$/;

function parseValue(text: string, syntax: Syntax): unknown {
  // A string without escapes is what stands between the quotes, in both; a short integer is the same number.
  const plain = plainString.exec(text)?.[1];
  if (plain !== undefined) return plain;
  if (plainInteger.test(text)) return Number(text);
  if (syntax === 'json') return JSON.parse(text);
  if (isMisread(text)) return text;
  return parseEDNString(text, {
    mapAs: 'object',
    setAs: 'array',
    listAs: 'array',
    keywordAs: 'string',
    symbolAs: 'string',
    charAs: 'string',
  });
}

function nameOf(key: string, syntax: Syntax): string {
  if (key.startsWith('"')) return String(parseValue(key, syntax));
  return key.replace(/^:/, '');
}

function print(value: Plain, syntax: Syntax): string {
  if (syntax === 'edn') return toEDNString(ednOf(value));
  // One line, with a space behind each comma and colon; text cannot hold a line break in JSON.
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
}

type EdnValue = Parameters<typeof toEDNString>[0];

function ednOf(value: Plain): EdnValue {
  if (typeof value !== 'object' || value === null) return value;
  return { map: Object.entries(value).map(([name, each]) => [{ key: name }, ednOf(each)]) };
}

function keyText(name: string, { syntax, text, entries }: Document): string {
  if (syntax === 'edn') return `:${name} `;
  const first = entries[0];
  return `${JSON.stringify(name)}${first ? text.slice(first.key.end, first.value.start) : ': '}`;
}

/** Puts `added` behind the last child of a map or list, on a line of its own if that one's is below the opening bracket. */
function insert({ text, syntax }: Document, into: Form, added: string): string {
  const last = into.children.at(-1);
  const inside = last?.end ?? into.start + into.open.length;
  const tail = text.slice(inside, into.end - 1);
  const key = into.children.at(into.open === '{' ? -2 : -1)?.start ?? inside;
  const lineStart = text.lastIndexOf('\n', key - 1) + 1;
  const ownLine = lineStart > into.start;
  const before = text.slice(lineStart, key);
  const line = `${text.includes('\r\n') ? '\r\n' : '\n'}${ownLine ? (/^\s*/.exec(before)?.[0] ?? '') : before.replace(/\S/g, ' ')}`;
  // A comment stands behind the last child: it stays with it.
  if (tail.trim() !== '') return splice(text, inside + tail.trimEnd().length, `${line}${added}`);
  if (!last) return splice(text, inside, added);
  const comma = syntax === 'json' ? ',' : '';
  return splice(text, inside, `${comma}${ownLine ? line : ' '}${added}`);
}

function splice(text: string, at: number, added: string, upTo = at): string {
  return text.slice(0, at) + added + text.slice(upTo);
}

/** Nothing is lost, and an entry that is not `isRight` is as it was written. */
function verify(before: Document, after: Document, isRight: (entry: Entry) => boolean | undefined): void {
  const wrong = after.entries.find((entry, index) => {
    const old = before.entries[index];
    return !(isRight(entry) ?? (old?.name === entry.name && source(before, old.value) === source(after, entry.value)));
  });
  const lost = before.entries.find((entry, index) => after.entries[index]?.name !== entry.name);
  if (wrong || lost) throw new Error(`editing a task file would have changed its ${wrong?.name ?? lost?.name}`);
}

function source({ text }: Document, form: Form): string {
  return text.slice(form.start, form.end);
}

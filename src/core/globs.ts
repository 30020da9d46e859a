// Patterns of paths: *, ?, [classes] within a name, ** across names. Says whether two can mean the same file, exactly and in bounded time.
import { EffectError } from './errors.ts';

/** Longest pattern, in UTF-16 units. */
const mostPattern = 1_024;

/**
 * A pattern as it is compared and kept: relative to the repository's root, `/` between names, without `.`, `..`, empty names and final `/`
 * (`src/` becomes `src/**`), in NFC; with `fold` in lower case, for disks that do not tell cases apart. Idempotent. Throws EffectError
 * `bad-path` for what is no pattern of this repository.
 */
export function normalise(pattern: string, { fold = false } = {}): string {
  const refuse = (what: string, hint?: string) =>
    new EffectError({ code: 'bad-path', message: `${JSON.stringify(pattern.slice(0, 80))} ${what}`, hint });
  if (pattern.length > mostPattern) throw refuse(`is longer than ${mostPattern} characters`);
  if (pattern === '') throw refuse('is empty', 'write ** for everything');
  if (/[\x00-\x1f\x7f]/.test(pattern)) throw refuse('holds a control character');
  if (/\{[^/]*,[^/]*\}/.test(pattern))
    throw refuse('holds alternatives in braces', 'write each of them as a pattern of its own');
  const text = comparable(pattern, fold).replaceAll('\\', '/');
  if (/^(?:\/|[A-Za-z]:\/)/.test(text)) throw refuse('is absolute', "write it relative to the repository's root");
  const names: string[] = [];
  for (const name of text.split('/')) {
    if (name === '' || name === '.') continue;
    const before = names.at(-1);
    if (name !== '..') {
      if (name !== '**' || before !== '**') names.push(name);
    } else if (before === undefined) throw refuse('leads out of the repository');
    else if (/[*?[]/.test(before)) throw refuse('goes up again from a pattern', 'write the folder that you mean');
    else names.pop();
  }
  const isFolder = names.length === 0 || /(?:^|\/)\.{0,2}$/.test(text);
  if (isFolder && names.at(-1) !== '**') names.push('**');
  return names.join('/');
}

/** Text in the one form in which it is compared. */
export function comparable(text: string, fold: boolean): string {
  const composed = text.normalize('NFC');
  return fold ? composed.toLowerCase().normalize('NFC') : composed;
}

/**
 * Whether some path matches both patterns. Both normalised; symmetric. Takes time with the product of their lengths at the most. What has no
 * wildcard counts as a folder where the other begins with it: `src` overlaps `src/*.ts`, but not `?rc/a.ts`.
 */
export function overlaps(a: string, b: string): boolean {
  return isFolderOf(a, b) || isFolderOf(b, a) || meet(compile(a), compile(b), isSpan, segmentsMeet);
}

/** Whether a path (as git tells it, in the form of `comparable`) matches a normalised pattern, or lies in the folder that it names. */
export function matches(pattern: string, path: string): boolean {
  if (isFolderOf(pattern, path)) return true;
  const literal = path.split('/').map((name): Segment => ({ text: name, readings: null }));
  return meet(compile(pattern), literal, isSpan, segmentsMeet);
}

/** Whether two sets of normalised patterns can mean the same file. */
export function anyOverlap(a: readonly string[], b: readonly string[]): boolean {
  return a.some((one) => b.some((other) => overlaps(one, other)));
}

function isFolderOf(folder: string, path: string): boolean {
  return !/[*?]/.test(folder) && path.startsWith(`${folder}/`);
}

/** What one character may be: ranges of code points, both ends included; `null` stands for `*`. */
type Token = readonly (readonly [number, number])[] | null;

/** One name of a pattern. */
interface Segment {
  text: string;
  /** How the text may be meant; null: as it stands. */
  readings: readonly (readonly Token[])[] | null;
}

const slash = 0x2f;
const anything: Token = [
  [0, slash - 1],
  [slash + 1, 0x10ffff],
];
const span: Segment = { text: '**', readings: null };
const isSpan = (segment: Segment) => segment === span;

// Patterns are few and asked for again and again.
const compiled = new Map<string, readonly Segment[]>();
const mostCompiled = 10_000;

function compile(pattern: string): readonly Segment[] {
  const known = compiled.get(pattern);
  if (known) return known;
  const segments = pattern.split('/').map(segmentOf);
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(pattern, segments);
  return segments;
}

function segmentOf(text: string): Segment {
  if (text === '**') return span;
  if (!/[*?[]/.test(text)) return { text, readings: null };
  // Brackets may be meant as they stand: many programs name files like `[id].ts`.
  return {
    text,
    readings: text.includes('[') ? [tokensOf(text, true), tokensOf(text, false)] : [tokensOf(text, false)],
  };
}

function tokensOf(text: string, classes: boolean): Token[] {
  const tokens: Token[] = [];
  for (let rest = text; rest !== ''; ) {
    const [whole = '', negated = '', body = ''] = (classes && /^\[([!^]?)(\]?[^\]]*)\]/u.exec(rest)) || [];
    const [first = ''] = rest;
    if (whole !== '') tokens.push(classOf(body, negated !== ''));
    else if (first === '*') {
      if (tokens.at(-1) !== null) tokens.push(null);
    } else tokens.push(first === '?' ? anything : [only(first)]);
    rest = rest.slice((whole || first).length);
  }
  return tokens;
}

function classOf(body: string, negated: boolean): Token {
  const ranges = [...body.matchAll(/(.)-(.)|(.)/gsu)]
    .map(([, from, to, one]) => (one === undefined ? ([point(from), point(to)] as const) : only(one)))
    .filter(([from, to]) => from <= to)
    .sort((a, b) => a[0] - b[0]);
  if (!negated) return ranges;
  const others: [number, number][] = [];
  let from = 0;
  for (const [low, high] of [...ranges, only('/')].sort((a, b) => a[0] - b[0])) {
    if (low > from) others.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  return [...others, [from, 0x10ffff]];
}

function only(character: string): readonly [number, number] {
  return [point(character), point(character)];
}

function point(character: string | undefined): number {
  return character?.codePointAt(0) ?? 0;
}

function segmentsMeet(a: Segment, b: Segment): boolean {
  if (a.text === b.text) return true;
  if (!a.readings && !b.readings) return false;
  const other = readingsOf(b);
  return readingsOf(a).some((one) => other.some((two) => meet(one, two, isStar, tokensMeet)));
}

function readingsOf({ text, readings }: Segment): readonly (readonly Token[])[] {
  return readings ?? [[...text].map((character) => [only(character)])];
}

const isStar = (token: Token) => token === null;

function tokensMeet(a: Token, b: Token): boolean {
  return (a ?? []).some(([low, high]) => (b ?? []).some(([from, to]) => low <= to && from <= high));
}

/**
 * Whether two sequences, in each of which some elements stand for any number of others, can be the same one. Walks the pairs of places
 * (in `a`, in `b`) that can be reached together, a row for each place in `a`.
 */
function meet<T>(
  a: readonly T[],
  b: readonly T[],
  stands: (one: T) => boolean,
  same: (a: T, b: T) => boolean,
): boolean {
  const many = b.map(stands);
  let row: boolean[] = [true];
  for (let i = 0; i <= a.length; i += 1) {
    const one = a[i];
    const isMany = one !== undefined && stands(one);
    const next: boolean[] = [];
    for (let j = 0; j <= b.length; j += 1) {
      if (!row[j]) continue;
      const other = b[j];
      if (isMany || many[j]) {
        if (one !== undefined) next[j] = true;
        if (other !== undefined) row[j + 1] = true;
      } else if (one !== undefined && other !== undefined && same(one, other)) next[j + 1] = true;
    }
    if (i === a.length) return row[b.length] === true;
    if (next.length === 0) return false;
    row = next;
  }
  return false;
}

// The kinds of fields: what is valid, and what hand-written text stands for.
import * as z from 'zod';
import { isId } from '../../core/ids.ts';
import { isNone, listLimit, readList } from './lists.ts';

/** Bytes of UTF-8 in one text. */
const textLimit = 16 << 10;

/** What a piece of text stands for. Without a value it stands for nothing; what cannot be read is the text itself, for the schema to refuse. */
export interface Reading {
  value?: unknown;
  /** What stood behind the value. */
  detail?: string;
  warning?: string;
}

export interface Kind<T> {
  schema: z.ZodType<T>;
  /** What is valid, in words that follow "must be" and "give". */
  wanted: string;
  read(text: string, isTask: (id: string) => boolean): Reading;
  /** On one line. Default: the value as a string. */
  print?(value: T): string;
}

/** A kind whose text is one short line. `read` gets it without the marks of Markdown around it; null: it cannot be read. */
function scalar<T>(
  schema: z.ZodType<T>,
  wanted: string,
  read: (text: string, isTask: (id: string) => boolean) => Reading | null,
): Kind<T> {
  return {
    schema,
    wanted,
    read(text, isTask) {
      // So that the trailing marks are looked for in a short text only.
      if (text.length > 400) return { value: text };
      const bare = oneLine(text).replace(/^[\s`*"'([]+|[\s`*"')\].,;]+$/g, '');
      if (isNone(bare)) return {};
      return read(bare, isTask) ?? { value: text };
    },
  };
}

export function taskKind(): Kind<string> {
  const wanted = 'the id of a task, such as add-users or ol-1.2';
  return scalar(z.string(wanted).refine(isId, wanted), wanted, (text, isTask) => {
    const id = /^[^\s,;()[\]`*]+/.exec(text)?.[0].replace(/[.:]+$/, '') ?? '';
    return isId(id) || isTask(id)
      ? { value: id }
      : { warning: `${JSON.stringify(text.slice(0, 80))} is not a task id` };
  });
}

export function countKind(least: number): Kind<number> {
  const wanted = `a whole number from ${least} on`;
  return scalar(z.int(wanted).min(least, wanted), wanted, (text) => {
    const digits = /^#?(\d{1,9})(?![\d.,]*\d)/.exec(text)?.[1];
    return digits === undefined ? null : { value: Number(digits) };
  });
}

export function percentKind(): Kind<number> {
  const wanted = 'a whole number from 0 to 100';
  const schema = z.int(wanted).min(0, wanted).max(100, wanted);
  const read = (text: string): Reading | null => {
    const digits =
      /(?<![\d.,])(-?\d{1,9})(?:[.,]\d{1,9})?\s*%/.exec(text)?.[1] ??
      /^[~≈]?\s*(-?\d{1,9})(?:[.,]\d{1,9})?$/.exec(text)?.[1];
    if (digits === undefined) return null;
    const value = Math.min(100, Math.max(0, Number(digits)));
    return value === Number(digits) ? { value } : { value, warning: `${digits}% is read as ${value}%` };
  };
  return { ...scalar(schema, wanted, read), print: (value) => `${value}%` };
}

export function commitKind(): Kind<string> {
  const wanted = 'a commit, in 7 to 64 hex digits';
  return scalar(z.string(wanted).regex(/^[0-9a-f]{7,64}$/, wanted), wanted, (text) => {
    const sha = /^[0-9a-f]{7,64}(?![\w-])/i.exec(text)?.[0];
    return sha === undefined ? null : { value: sha.toLowerCase() };
  });
}

export function digestKind(): Kind<string> {
  const wanted = 'a digest in hex, such as sha256:9f86d081…';
  const schema = z.string(wanted).regex(/^(?:[a-z0-9]{2,20}:)?[0-9a-f]{16,128}$/, wanted);
  return scalar(schema, wanted, (text) => ({ value: text.toLowerCase() }));
}

export function instantKind(): Kind<string> {
  const wanted = 'an instant in ISO 8601 with its time zone, such as 2026-09-01T10:00:00Z';
  const schema = z.iso.datetime({ offset: true, error: wanted }).max(40, wanted);
  return scalar(schema, wanted, (text) => ({ value: text }));
}

export function flagKind(): Kind<boolean> {
  return scalar(z.boolean('true or false'), 'true or false', (text) => {
    const word = /^(?:(true|yes)|false|no)(?:\s*[(,;.].*)?$/i.exec(text);
    return word && { value: word[1] !== undefined };
  });
}

export function oneOf<const V extends string>(...values: V[]): Kind<V> {
  const wanted = `one of ${values.join(', ')}`;
  const plain = (text: string) => text.replace(/[\s_-]+/g, '_').toLowerCase();
  return scalar(z.enum(values, wanted), wanted, (text) => {
    const words = [/^[^,:;.(]+/, /^[^\s,:;.(]+/].map((form) => plain(form.exec(text)?.[0].trim() ?? ''));
    const value = values.find((each) => words.includes(plain(each)));
    return value === undefined ? null : { value };
  });
}

function normal(text: string): string {
  return text.replace(/\r\n?/g, '\n').toWellFormed();
}

function oneLine(text: string): string {
  return text.includes('\n')
    ? text
        .split('\n')
        .map((each) => each.trim())
        .filter(Boolean)
        .join(' ')
    : text;
}

const fits = (text: string) => Buffer.byteLength(text) <= textLimit;

export function lineKind(): Kind<string> {
  const wanted = 'one line of text, 16 KiB at the most';
  const schema = z.string(wanted).overwrite((text) => normal(text).trim());
  return {
    schema: schema.min(1, wanted).refine((text) => fits(text) && !text.includes('\n'), wanted),
    wanted,
    read: (text) => ({ value: oneLine(text) }),
  };
}

export function proseKind(): Kind<string> {
  const wanted = 'text, 16 KiB at the most';
  // Blank lines at both ends are not kept; the indentation of the first line is.
  const schema = z.string(wanted).overwrite((given) => {
    const text = normal(given).trimEnd();
    return text.slice(text.lastIndexOf('\n', text.search(/\S/)) + 1);
  });
  return { schema: schema.min(1, wanted).refine(fits, wanted), wanted, read: (text) => ({ value: text }) };
}

export function listKind(): Kind<string[]> {
  const wanted = `a list of ${listLimit} texts at the most, each ${lineKind().wanted}`;
  return {
    schema: z.array(lineKind().schema, wanted).max(listLimit, wanted),
    wanted,
    read: (text) => ({ value: readList(text) }),
  };
}

type Result = 'pass' | 'fail' | 'unreported';
const said = new Map<string, Result>([
  ...['pass', 'passed', 'passing', '✅', '✔', '✓', '☑'].map((word) => [word, 'pass'] as const),
  ...['fail', 'failed', 'failing', '❌', '✖', '✗', '✘'].map((word) => [word, 'fail'] as const),
  ['unreported', 'unreported'],
]);
/** These count only when no other word follows: "no failures" is not a failure. */
const saidAlone = new Map<string, Result>([
  ...['true', 'yes', 'ok'].map((word) => [word, 'pass'] as const),
  ...['false', 'no'].map((word) => [word, 'fail'] as const),
]);

/** Three-valued: what is neither clearly a pass nor clearly a failure is unreported, with the text as its detail. */
export function resultKind(): Kind<Result> {
  const wanted = 'one of pass, fail, unreported';
  return {
    schema: z.enum(['pass', 'fail', 'unreported'], wanted).default('unreported'),
    wanted,
    read(text) {
      const whole = oneLine(text).trim();
      // Of a short text only: a class of characters repeated a million times is too much for the stack.
      const [head = '', marks = '', word = ''] = /^([\p{So}\p{Mn}\s*`_]*)(\p{L}*)/u.exec(whole.slice(0, 200)) ?? [];
      const rest = whole.slice(head.length);
      const lower = word.toLowerCase();
      // "PASS/FAIL" and "FAIL → PASS" say neither.
      const open = /^(?:[\p{N}_]|-\p{L}|\s*(?:[/|]|or\b|→|->))/u.test(rest);
      const alone = /^\s*[\p{L}\p{N}]/u.test(rest) ? undefined : saidAlone.get(lower);
      const found = [...marks].map((mark) => said.get(mark)).filter((each) => each !== undefined);
      if (word !== '') found.push((open ? undefined : (said.get(lower) ?? alone)) ?? 'unreported');
      const value = new Set(found).size === 1 ? found[0] : 'unreported';
      const behind = rest.replace(/^[\s.!,:;*`_–—-]+/, '').trim();
      const known = value !== 'unreported' || (lower === 'unreported' && !open);
      const detail = known ? (/^\(([^()]*)\)$/.exec(behind)?.[1]?.trim() ?? behind) : whole;
      return { value, ...(detail === '' ? {} : { detail }) };
    },
    print: (value) => value.toUpperCase(),
  };
}

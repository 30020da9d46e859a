// What flags of `oompa mail` stand for.
import { readFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import { EffectError, errnoOf, exitCodes, Refusal } from '../../../core/errors.ts';
import type { Importance } from '../../../mail/contract.ts';
import type { Filter } from '../../../mail/listing.ts';
import { type SendRequest, typesNamed } from '../../mail-actions.ts';

type Options = Readonly<Record<string, unknown>>;

/** Parts of a message as the flags give them; the text may come from stdin. */
export async function contentOf(options: Options): Promise<Omit<SendRequest, 'to'>> {
  const { subject, type, field, key, thread, attach, cc, bcc } = options;
  return {
    subject: asText(subject),
    body: await bodyOf(options),
    type: asText(type),
    fields: field as Record<string, string> | undefined,
    thread: asText(thread),
    importance: importanceOf(options.importance),
    ackSeconds: options.ack === true ? 600 : (options.ack as number | undefined),
    expiresSeconds: options.expires as number | undefined,
    attach: attach as string[] | undefined,
    key: asText(key),
    cc: cc as string[] | undefined,
    bcc: bcc as string[] | undefined,
  };
}

async function bodyOf({ body, file }: Options): Promise<string | undefined> {
  if (body !== undefined && file !== undefined)
    throw new Refusal('--body and --file are both given', { hint: 'give one of them', exitCode: exitCodes.usage });
  if (body === '-' || file === '-') return textOf(process.stdin);
  if (file === undefined) return asText(body);
  try {
    return readFileSync(String(file), 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EISDIR') throw error;
    throw new EffectError({ code: 'bad-path', message: `cannot read ${file}`, hint: 'nothing was sent', cause: error });
  }
}

function importanceOf(value: unknown): Importance | undefined {
  const known = ['low', 'normal', 'high', 'urgent'] as const;
  const found = known.find((each) => each === value);
  if (value === undefined || found) return found;
  throw new Refusal(`--importance: ${value} is none`, { hint: known.join(', '), exitCode: exitCodes.usage });
}

/** What is asked for by `--from`, `--type`, `--thread` and `--since`. */
export function filterOf({ from, type, thread, since }: Options): Filter {
  return {
    ...(from === undefined ? {} : { from: String(from) }),
    ...(type === undefined ? {} : { types: typesNamed(type as string[]) }),
    ...(thread === undefined ? {} : { thread: String(thread) }),
    ...(since === undefined ? {} : { since: new Date(Date.now() - Number(since) * 1_000).toISOString() }),
  };
}

export function asText(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

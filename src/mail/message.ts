// What every message has in common, written or read: its types, its size, the shape of its id.
import type { MessageType, ProgramType } from './contract.ts';
import { isSwarmType } from './typed/types.ts';

/** Bytes. `encoded`: what needs the whole MIME parser (multipart, base64, …), which takes up to 8 ms for 1,000 lines. */
export const limits = { message: 4 << 20, encoded: 256 << 10 } as const;

const programTypes: Readonly<Record<ProgramType, true>> = {
  turn: true,
  'turn-result': true,
  asked: true,
  answer: true,
  wish: true,
};

/** Whether a type is of what oompa's processes say to each other; people and agents neither send nor list it. */
export function isProgramType(type: string): type is ProgramType {
  return Object.hasOwn(programTypes, type);
}

/** Whether a header names a type. */
export function isType(type: string): type is MessageType {
  return isProgramType(type) || type === 'note' || isSwarmType(type);
}

/** The Content-Type of a type's body. Markdown is text/plain: as text/markdown, mail programs offer it to be saved. */
export function contentTypeOf(type: MessageType): string {
  return isProgramType(type) ? 'application/json' : 'text/plain';
}

/** Whether `text` may be a Message-ID, without its angle brackets. */
export function isMessageId(text: string): boolean {
  return /^[^\s<>\x00-\x1f\x7f]{1,500}$/.test(text);
}

/** Whether a body is what its type asks for. */
export function fits(type: MessageType, body: string): boolean {
  if (!isProgramType(type)) return true;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/** Where the headers end and where the body starts. */
export function headerEnd(bytes: Buffer): [number, number] {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return [at + 1, at + 2];
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return [at + 1, at + 3];
  }
  return [bytes.length, bytes.length];
}

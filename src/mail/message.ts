// What every message has in common, written or read: its types, its size, the shape of its id.
import type { MessageType } from './contract.ts';

/** Bytes. `encoded`: what needs the whole MIME parser (multipart, base64, …), which takes up to 8 ms for 1,000 lines. */
export const limits = { message: 4 << 20, encoded: 256 << 10 } as const;

/** The Content-Type of each type's body. */
export const contentTypes: Readonly<Record<MessageType, string>> = {
  turn: 'application/json',
  'turn-result': 'application/json',
  asked: 'application/json',
  answer: 'application/json',
  wish: 'application/json',
  note: 'text/markdown',
};

export function isType(type: string): type is MessageType {
  return Object.hasOwn(contentTypes, type);
}

/** Whether `text` may be a Message-ID, without its angle brackets. */
export function isMessageId(text: string): boolean {
  return /^[^\s<>\x00-\x1f\x7f]{1,500}$/.test(text);
}

/** Whether a body is what its type asks for. */
export function fits(type: MessageType, body: string): boolean {
  if (contentTypes[type] !== 'application/json') return true;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

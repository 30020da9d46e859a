// File names are bytes. Inside this folder they travel as byte strings (one character a byte); people get text.
import { join } from 'node:path';

/** A file name in which each character stands for one byte. */
export type Bytes = string;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** A file name for people and journals: UTF-8 where it is, octal escapes for the bytes that are not. Not cleaned. */
export function nameOf(bytes: Bytes): string {
  const buffer = Buffer.from(bytes, 'latin1');
  try {
    return decoder.decode(buffer);
  } catch {
    return bytes.replace(/[\x80-\xff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8)}`);
  }
}

/** The path of a file of `folder`, for calls of `node:fs`. */
export function pathIn(folder: string, bytes: Bytes): Buffer {
  return Buffer.concat([Buffer.from(join(folder, '/'), 'utf8'), Buffer.from(bytes, 'latin1')]);
}

/** NUL-terminated input for git. */
export function nulList(names: Iterable<Bytes>): Buffer {
  return Buffer.from([...names].map((name) => `${name}\0`).join(''), 'latin1');
}

// What a CLI printed in one case, as tests/captures keeps it. Paths are /tree and /home/user, the conversation is conversation-1.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Capture {
  version: string;
  code: number | null;
  /** The events, trimmed of what nobody reads. */
  stdout: unknown[];
  stderr: string[];
}

export function readCapture(cli: string, name: string): Capture {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', 'captures', cli, `${name}.json`), 'utf8'));
}

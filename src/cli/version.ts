// The version of the installed package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../disk/paths.ts';

export function version(): string {
  return (JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string }).version;
}

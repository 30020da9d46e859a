// The files of a run, read and checked by the schemas that come with the program.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { checkout } from './program.ts';

const ajv = new Ajv({ strict: true, formats: { 'date-time': true } });
const validatorOf = (kind: string) =>
  ajv.compile(JSON.parse(readFileSync(join(checkout, 'schemas', `${kind}.schema.json`), 'utf8')));
const validators = {
  'started.json': validatorOf('started'),
  'stopped.json': validatorOf('stopped'),
  'cycles/': validatorOf('cycle'),
  'reviews/': validatorOf('review'),
};

/** Path in the run → content, all of them checked by their schema. */
export function validFilesOf(folder: string): Map<string, Record<string, unknown>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'));
  return new Map(
    files.sort().map((path) => {
      const content = JSON.parse(readFileSync(join(folder, path), 'utf8'));
      const validate = Object.entries(validators).find(([start]) => path.startsWith(start))?.[1];
      expect(validate?.(content), `${path}: ${JSON.stringify(validate?.errors)}`).toBe(true);
      return [path, content];
    }),
  );
}

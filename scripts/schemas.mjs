// Writes config.schema.json into schemas/ (or the folder given) from the zod schema, so that editors complete and check oompa.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { Config } from '../src/core/config.ts';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'schemas'));
// Draft-07 is what editors know; `input` is what a person may write.
const schema = { title: 'oompa.json', ...z.toJSONSchema(Config, { io: 'input', target: 'draft-7' }) };
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'config.schema.json'), `${JSON.stringify(schema, null, 2)}\n`);
console.log(`wrote ${join(folder, 'config.schema.json')}`);

// Writes the JSON Schemas into schemas/ (or the folder given) from the zod schemas: of oompa.json, so that editors complete and check it, and
// of the files of a run, for programs that read them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { artifactSchemas } from '../src/core/artifact.ts';
import { Config } from '../src/core/config.ts';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'schemas'));
mkdirSync(folder, { recursive: true });
// Draft-07 is what editors know; `input` is what a person may write.
write('config', { title: 'oompa.json', ...z.toJSONSchema(Config, { io: 'input', target: 'draft-7' }) });
for (const [name, schema] of Object.entries(artifactSchemas))
  write(name, { title: `${name} file of a run`, ...z.toJSONSchema(schema, { target: 'draft-7' }) });

function write(name, schema) {
  const file = join(folder, `${name}.schema.json`);
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`wrote ${file}`);
}

// Prints which src folder imports which, with counts, and exits 1 on an arrow that docs/architecture.md does not allow.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** Folder → what it may import. `x/contract` allows only the contract file of x. */
const allowed = {
  core: [],
  disk: ['core'],
  tasks: ['core', 'disk'],
  mail: ['core', 'disk'],
  leases: ['core', 'disk'],
  git: ['core', 'disk'],
  terminal: ['core'],
  panes: ['core', 'disk', 'terminal'],
  harnesses: ['core', 'disk'],
  worker: ['core', 'disk', 'mail', 'terminal', 'harnesses'],
  supervisor: [
    'core',
    'disk',
    'tasks/contract',
    'mail/contract',
    'leases/contract',
    'git/contract',
    'panes/contract',
    'harnesses/contract',
  ],
  ui: ['core'],
  cli: [
    'core',
    'disk',
    'tasks',
    'mail',
    'leases',
    'git',
    'terminal',
    'panes',
    'harnesses',
    'worker',
    'supervisor',
    'ui',
  ],
};
const packages = { core: ['zod'] };

const arrows = new Map();
const wrong = [];
let files = 0;
const lengths = [];
for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  const from = relative(src, file).split(sep)[0];
  const text = readFileSync(file, 'utf8');
  files += 1;
  lengths.push([text.split('\n').length, relative(src, file)]);
  for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    if (!name.startsWith('.')) {
      const only = packages[from];
      if (only && !only.some((each) => name === each || name.startsWith(`${each}/`)))
        wrong.push(`${relative(src, file)} imports package ${name}`);
      continue;
    }
    const target = relative(src, resolve(dirname(file), name)).replace(/\.tsx?$/, '');
    const to = target.split(sep)[0];
    if (to === from) continue;
    const key = `${from} → ${to}`;
    arrows.set(key, (arrows.get(key) ?? 0) + 1);
    const ok = (allowed[from] ?? []).some((each) => each === to || each === target.split(sep).join('/'));
    if (!ok) wrong.push(`${relative(src, file)} imports ${target}`);
  }
}
for (const [key, count] of [...arrows].sort()) console.log(`${key.padEnd(28)} ${count}`);
lengths.sort((a, b) => a[0] - b[0]);
const [median] = lengths[Math.floor(lengths.length / 2)] ?? [0];
const [most, longest] = lengths.at(-1) ?? [0, '-'];
console.log(`\n${files} files, median ${median} lines, longest ${most} (${longest})`);
if (wrong.length > 0) {
  console.error(`\nNot allowed by docs/architecture.md:\n${wrong.map((line) => `  ${line}`).join('\n')}`);
  process.exit(1);
}

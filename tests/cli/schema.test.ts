// The JSON Schema of oompa.json: up to date, and it agrees with the loader on what is right and wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { Config, reviewerKeys } from '../../src/core/config.ts';
import { checkout, oompa } from './program.ts';
import { emptyFolder, makeRepository } from './repository.ts';

const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
const example = JSON.parse(read('oompa.example.json'));
const validate = new Ajv({ strict: true }).compile(JSON.parse(read('schemas/config.schema.json')));

test('the schema in schemas/ is what `npm run schemas` writes', async () => {
  const folder = emptyFolder();
  await execa(process.execPath, [join(checkout, 'scripts/schemas.mjs'), folder]);
  const written = readdirSync(folder).sort();
  expect(written).toEqual(readdirSync(join(checkout, 'schemas')).sort());
  for (const file of written) expect(readFileSync(join(folder, file), 'utf8'), file).toBe(read(`schemas/${file}`));
});

test('the example is right for the schema and for the loader, and names the schema so that an editor finds it', () => {
  expect(validate(example), JSON.stringify(validate.errors)).toBe(true);
  expect(Config.parse(example).workers).toHaveLength(2);
  expect(JSON.parse(read(example.$schema)).title).toBe('oompa.json');
});

test('the example shows every key but those of a worker that have a good default, and other spellings of one', () => {
  const { properties } = JSON.parse(read('schemas/config.schema.json'));
  const spelt = Object.keys(properties).filter((key) => !reviewerKeys.slice(1).some((other) => other === key));
  expect(Object.keys(example).sort()).toEqual(spelt.sort());
});

test.each([
  [{ ...example, aproval: 'auto' }],
  [{ ...example, workers: [] }],
  [{ ...example, workers: [{ count: 2 }] }],
  [{ ...example, workers: [{ model: 'command:x', count: 0 }] }],
  [{ ...example, panes: 'screen' }],
  [{ ...example, timeouts: { idle: '10 minutes' } }],
  [{ ...example, checks: [{ name: 'x' }] }],
])('schema and loader refuse the same: %#', (config) => {
  expect(validate(config)).toBe(false);
  expect(Config.safeParse(config).success).toBe(false);
});

test('docs/config.md names every key with its default', () => {
  const { properties } = JSON.parse(read('schemas/config.schema.json'));
  const keys = {
    ...properties,
    ...properties.workers.items.properties,
    ...properties.timeouts.properties,
    ...properties.planner.properties,
  };
  const page = read('docs/config.md');
  for (const [key, node] of Object.entries<{ default?: unknown }>(keys)) {
    const row = new RegExp(`^\\| \`${key.replace('$', '\\$')}\` \\|.*$`, 'm').exec(page)?.[0];
    expect(row, key).toBeDefined();
    if (node.default !== undefined && typeof node.default !== 'object')
      expect(row).toContain(`\`${JSON.stringify(node.default)}\``);
  }
});

test('a config that names the schema is taken by the program', async () => {
  const { root } = makeRepository({
    config: {
      ...example,
      workers: [{ model: 'command:./agent.sh', can_plan: false }],
      reviewers: undefined,
      planner: undefined,
    },
  });
  const { code, out, err } = await oompa(['run', '--until-done'], { cwd: root });
  expect(code, err).toBe(0);
  expect(out).toContain('swarm stopped (completed)');
});

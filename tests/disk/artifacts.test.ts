// The files of a run on a real disk: each whole, once, and never in the way of the swarm.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../src/core/artifact.ts';
import { createArtifactWriter } from '../../src/disk/artifacts.ts';
import { freshFolder } from './folder.ts';

const noTokens = { 'input-tokens': 0, 'output-tokens': 0, 'cost-usd': null };
const stopped = (id: string): Artifact => ({
  kind: 'stopped',
  path: 'stopped.json',
  content: {
    'swarm-id': id,
    'stopped-at': '2026-01-01T00:00:00.000Z',
    reason: 'completed',
    error: null,
    left: [],
    ...noTokens,
  },
});
const cycle = (n: number): Artifact => ({ ...stopped(`c${n}`), path: `cycles/w0-c${n}.json` });
const idIn = (file: string) => JSON.parse(readFileSync(file, 'utf8'))['swarm-id'];

describe('the writer of run artifacts', () => {
  test('writes each file once: one that is there is never touched', async () => {
    const folder = join(freshFolder(), 'runs', 'abcd1234');
    const writer = createArtifactWriter(folder, (message) => expect.unreachable(message));
    writer.write([cycle(1), cycle(2)]);
    writer.write([stopped('first'), stopped('second')]);
    await writer.close();
    expect(readdirSync(join(folder, 'cycles')).sort()).toEqual(['w0-c1.json', 'w0-c2.json']);
    expect(idIn(join(folder, 'stopped.json'))).toBe('first');
    const later = createArtifactWriter(folder, (message) => expect.unreachable(message));
    later.write([stopped('third'), cycle(3)]);
    await later.close();
    expect(idIn(join(folder, 'stopped.json'))).toBe('first');
    expect(readdirSync(join(folder, 'cycles'))).toContain('w0-c3.json');
  });

  test('a draft that a crash left is no file, and is written over', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'cycles'));
    writeFileSync(join(folder, 'cycles', '.w0-c1.json.tmp'), '{"swarm-');
    const writer = createArtifactWriter(folder, (message) => expect.unreachable(message));
    writer.write([cycle(1)]);
    await writer.close();
    expect(readdirSync(join(folder, 'cycles'))).toEqual(['w0-c1.json']);
    expect(idIn(join(folder, 'cycles', 'w0-c1.json'))).toBe('c1');
  });

  test('trouble is told once; what could not be written is tried again, in order', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'cycles'), 'in the way');
    const told: string[] = [];
    const writer = createArtifactWriter(folder, (message) => told.push(message));
    writer.write([cycle(1)]);
    await writer.close();
    writer.write([stopped('end')]);
    await writer.close();
    expect(told).toEqual([expect.stringContaining('cycles')]);
    // The end is not there before what went before it.
    expect(readdirSync(folder)).toEqual(['cycles']);
    rmSync(join(folder, 'cycles'));
    await writer.close();
    expect(readdirSync(folder).sort()).toEqual(['cycles', 'stopped.json']);
    expect(told).toHaveLength(1);
  });
});

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPost } from '../../src/mail/post.ts';

const writers = 10;
const each = 500;

function start(script: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'processes', script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  return new Promise((resolve, reject) => {
    child
      .on('error', reject)
      .on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`${script} ended with ${code}`))));
  });
}

test('10 processes write 500 messages each, 2 take them: each once, none lost, none torn', async () => {
  const root = mkdtempSync(join(tmpdir(), 'oompa-mail-'));
  const bad: string[] = [];
  const post = createPost({ root, onBad: ({ reason }) => bad.push(reason) });
  await post.open('lead');
  const stop = join(root, 'STOP');
  const readers = [1, 2].map(() => start('reader.ts', root, 'lead', stop));
  await Promise.all(Array.from({ length: writers }, (_, n) => start('writer.ts', root, `w${n}`, 'lead', `${each}`)));
  writeFileSync(stop, '');
  const taken = (await Promise.all(readers)).map((out) => out.trimEnd().split('\n'));

  const expected = Array.from({ length: writers * each }, (_, n) => `w${Math.floor(n / each)} ${n % each} whole`);
  expect(taken.flat().sort()).toEqual(expected.sort());
  const box = (folder: string) => readdirSync(join(root, 'lead', folder));
  expect([box('tmp'), box('new'), box('cur').length]).toEqual([[], [], writers * each]);
  expect((await post.taken('lead')).length).toBe(writers * each);
  expect(bad).toEqual([]);
  rmSync(root, { recursive: true, force: true });
}, 240_000);

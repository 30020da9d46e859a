// Prompt files and what they include.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { packageFolder } from '../../src/disk/paths.ts';
import { findPrompt, promptText, readPrompt } from '../../src/disk/prompts.ts';
import { freshFolder } from './folder.ts';

afterEach(() => void vi.unstubAllEnvs());

const place = (files: Record<string, string>) => {
  const root = freshFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
};
const include = (path: string) => `#oompa_directive:include_file "${path}"`;
const textOf = (root: string, name: string) => readPrompt(join(root, name), root).text;
const bundled = (name: string) => readFileSync(join(packageFolder(), 'prompts', name), 'utf8').trimEnd();

test('an include is replaced by a line about it and what the file holds, at any depth, trailing blank lines lost', () => {
  const root = place({
    'prompts/a.md': `one\n  ${include('parts/b.md')}  \ntwo\n\n\n`,
    'prompts/parts/b.md': `b\n${include('c.md')}\n\n`,
    'prompts/parts/c.md': 'c\n',
  });
  expect(textOf(root, 'prompts/a.md')).toBe(
    'one\nWe have included the content of file: "parts/b.md" below\nb\nWe have included the content of file: "c.md" below\nc\ntwo',
  );
  expect(readPrompt(join(root, 'prompts/a.md'), root).problems).toEqual([]);
});

test('it is looked for beside the including file, then in the repository, then among our own', () => {
  const root = place({
    'p/a.md': [include('x.md'), include('p/x.md'), include('prompts/_scope.md')].join('\n'),
    'p/x.md': 'near',
    'x.md': 'root',
  });
  expect(textOf(root, 'p/a.md').split('\n').slice(0, 4)).toEqual([
    'We have included the content of file: "x.md" below',
    'near',
    'We have included the content of file: "p/x.md" below',
    'near',
  ]);
  expect(textOf(root, 'p/a.md')).toContain(bundled('_scope.md'));
});

test.each([
  ['config/prompts/_agent_scope_rules.md', '_scope.md'],
  ['_agent_scope_rules.md', '_scope.md'],
  ['config/prompts/_task_header.md', '_task-rules.md'],
  ['config/prompts/worker.md', 'worker.md'],
])('%s, a file of the original, is ours by another name', (name, own) => {
  const root = place({ 'prompts/mine.md': include(name) });
  expect(textOf(root, 'prompts/mine.md')).toContain(bundled(own));
  expect(findPrompt(name, null, root)).toBe(join(packageFolder(), 'prompts', own));
  const theirs = place({ 'config/prompts/x': '', [name]: 'theirs' });
  expect(findPrompt(name, null, theirs)).toBe(join(theirs, name));
});

test('a file that includes itself, over whatever detour, is skipped; the same file twice is not', () => {
  const root = place({
    'a.md': `${include('b.md')}\n${include('c.md')}\n${include('c.md')}`,
    'b.md': `b\n${include('a.md')}`,
    'c.md': 'c',
  });
  const { text, problems } = readPrompt(join(root, 'a.md'), root);
  expect(text).toContain('b\n[oompa] Skipping already-included file: "a.md"');
  expect(text.match(/^c$/gm)).toHaveLength(2);
  expect(problems).toEqual([{ file: join(root, 'b.md'), line: 2, what: 'Skipping already-included file: "a.md"' }]);
});

test('what is nowhere, and what is nothing, is told in its place', () => {
  const root = place({ 'a.md': `x\n${include('gone.md')}\n${include('  ')}\ny` });
  const { text, problems } = readPrompt(join(root, 'a.md'), root);
  expect(text).toBe('x\n[oompa] Could not include "gone.md"\n[oompa] Empty include target in prompt directive\ny');
  expect(problems.map(({ line }) => line)).toEqual([2, 3]);
});

test('anything else is text: in the middle of a line, in other quotes, without a path', () => {
  const text = [
    `see ${include('b.md')}`,
    `${include('b.md')} there`,
    include('b.md').replaceAll('"', "'"),
    include(''),
  ].join('\n');
  const root = place({ 'a.md': text, 'b.md': 'b' });
  expect(textOf(root, 'a.md')).toBe(text);
});

test('an absolute path is taken as it is, and ~ is the home folder', () => {
  const root = place({ 'b.md': 'b' });
  writeFileSync(join(root, 'a.md'), include(join(root, 'b.md')));
  expect(textOf(root, 'a.md')).toMatch(/\nb$/);
  vi.stubEnv('HOME', root);
  expect(findPrompt('~/b.md', null, '/')).toBe(join(root, 'b.md'));
  expect(findPrompt('~/c.md', null, '/')).toBe(null);
});

test('a prompt that went after the start fails what asked for it, with where it was looked for; its includes only tell', () => {
  const root = place({ 'a.md': include('gone.md') });
  const told: string[] = [];
  expect(promptText({ root }, null, 'a.md', (text) => told.push(text))).toBe('[oompa] Could not include "gone.md"');
  expect(told).toEqual([`prompt ${join(root, 'a.md')}:1: Could not include "gone.md"`]);
  expect(() => promptText({ root }, null, 'b.md', () => {})).toThrow(
    expect.objectContaining({ code: 'no-prompt', retryable: true, message: expect.stringContaining(root) }),
  );
});

test('a prompt of the repository takes the place of ours', () => {
  const root = place({ 'prompts/worker.md': 'theirs', worker: 'no prompt', 'worker.md': 'nor this' });
  expect(promptText({ root }, null, 'prompts/worker.md', () => {})).toBe('theirs');
});

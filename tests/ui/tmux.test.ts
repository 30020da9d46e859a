// The face in a real terminal: resized this way and that, it always shows one whole frame and nothing of an earlier one.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import stringWidth from 'string-width';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const socket = `oompa-ui-${randomUUID().slice(0, 8)}`;
const tmux = async (...args: string[]) =>
  (
    await promisify(execFile)('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
  ).stdout;
const rows = async () => (await tmux('capture-pane', '-p')).split('\n').slice(0, -1);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oompa-ui-'));
  await build({
    absWorkingDir: root,
    entryPoints: ['tests/ui/by-hand.ts'],
    outfile: join(folder, 'by-hand.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: { 'react-devtools-core': './scripts/no-devtools.mjs' },
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  const show = ['sh', '-c', '"$0" "$1" busy; exec sleep 600', process.execPath, join(folder, 'by-hand.mjs')];
  await tmux('new-session', '-d', '-x', '140', '-y', '40', '--', ...show);
});
afterAll(async () => {
  await tmux('kill-server').catch(() => {});
  await rm(folder, { recursive: true, force: true });
});

/** What is wrong with the frame on the screen; null when it is whole. */
async function wrongWith(cols: number, height: number): Promise<string | null> {
  const seen = await rows();
  if (seen.length !== height) return `${seen.length} rows`;
  if (!seen[0]?.includes('  main@')) return 'no header at the top';
  if (seen.at(-1) !== '') return 'the last row is not free';
  if (!seen.at(-2)?.endsWith('q leave')) return 'no keys at the bottom';
  const edges = seen.slice(1, -3);
  const broken = edges.find((row) => !/^[╭│╰].*[╮│╯]$/u.test(row) || stringWidth(row) !== cols);
  return broken === undefined ? null : `a broken row: ${broken}`;
}

it('draws one whole frame after every resize', async () => {
  const sizes = [
    [140, 40],
    [80, 24],
    [200, 60],
    [60, 15],
    [140, 40],
    [139, 40],
    [100, 39],
    [61, 50],
    [139, 38],
    [138, 38],
  ] as const;
  for (const [cols, height] of sizes) {
    await tmux('resize-window', '-x', String(cols), '-y', String(height));
    const end = Date.now() + 15_000;
    let wrong: string | null = 'nothing drawn';
    while (wrong !== null && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      wrong = await wrongWith(cols, height);
    }
    expect(wrong, `at ${cols}x${height}:\n${(await rows()).join('\n')}`).toBeNull();
  }
}, 120_000);

it('gives the terminal back as it was', async () => {
  await tmux('send-keys', 'q');
  const end = Date.now() + 15_000;
  while (!(await rows()).join().includes('left; wishes: []') && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await rows()).join('\n')).toContain('left; wishes: []');
  expect(await tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).toBe('0 1\n');
});

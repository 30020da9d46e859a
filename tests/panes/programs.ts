// Programs for panes, each twice: as a real one, and as the scripted one that plays it in memory.
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Program } from '../../src/panes/memory.ts';

const recorderFile = fileURLToPath(new URL('./fixtures/recorder.mjs', import.meta.url));

/** argv of the real programs; the second word names the part that `play` plays. */
export const argv = {
  sleeps: ['sh', '-c', 'exec sleep 1000', 'sleeps'],
  prints: (text: string) => ['sh', '-c', 'printf %s "$1"; exec sleep 1000', 'prints', text],
  exits: (how: number | string) => [
    'sh',
    '-c',
    typeof how === 'number' ? 'exit "$1"' : 'kill -s "$' + '{1#SIG}" $$; sleep 1000',
    'exits',
    String(how),
  ],
  ignoresTerm: ['sh', '-c', 'trap "" TERM; printf ready; while :; do sleep 1; done', 'ignoresTerm'],
  records: (file: string, ...more: string[]) => [process.execPath, recorderFile, file, ...more],
} as const;

export const play: Program = ({ argv }, io) => {
  const [name, value = ''] = argv[1] === recorderFile ? ['records', argv[2]] : argv.slice(3);
  if (name === 'prints') io.print(value);
  if (name === 'exits') io.exit(/^\d+$/.test(value) ? Number(value) : value);
  if (name === 'ignoresTerm') {
    io.onSignal(() => {});
    io.print('ready');
  }
  if (name === 'records') {
    io.onInput((bytes) => appendFileSync(value, bytes));
    io.print('ready\n');
  }
};

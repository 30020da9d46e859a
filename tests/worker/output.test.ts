import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createWorkplace, sh, until } from './workplace.ts';

const flood = fileURLToPath(new URL('flood.mjs', import.meta.url));
const MiB = 1024 * 1024;

test('no sequence but colour reaches the pane, the transcript or the answer', async () => {
  const place = await createWorkplace();
  const runner = place.start();
  const hostile = String.raw`printf "\033]52;c;aGk=\007\033]0;title\033\\\\a\033[2Jb\033[31mred\033[0m\033Pq\033\\\\ \302\233 \342\200\256 \010 \015over\n\033[31mopen\n"`;
  const turn = await place.send({ model: sh(`${hostile}; ${hostile} >&2; exit 9`) });
  const result = await place.answer(turn);
  await runner.shows('failed, exit 9');
  const rest = runner.shown().replace(/\u001b\[[\d;]*m/g, '');
  expect(rest).toContain('abred');
  const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
  expect(rest).not.toMatch(controls);
  expect(result.said).not.toMatch(controls);
  expect(result.error?.message).not.toMatch(controls);
  const transcript = await readFile(place.paths.transcript('w0'), 'utf8');
  expect(transcript.replace(/\\u001b\[[\d;]*m/g, '')).not.toMatch(/\\u00[01]|\\u009/);
  // What is coloured is closed on its line: nothing bleeds into what follows.
  expect(runner.shown()).toContain('\u001b[31mopen\u001b[0m\n');
});

test('NO_COLOR: nothing of ours is styled', async () => {
  const place = await createWorkplace();
  const runner = place.start({ env: { NO_COLOR: '1' } });
  await place.answer(await place.send({ model: sh('echo out; echo err >&2') }));
  await runner.shows('w0-t1 done');
  expect(runner.shown()).not.toContain('\u001b');
});

test('bytes that are no UTF-8, NULs, CRLF and a last line without newline', async () => {
  const place = await createWorkplace();
  place.start();
  const turn = await place.send({
    model: sh(String.raw`printf "a\377\376b\r\nc\000d\n\344\275\240 \360\237\230\200\nend"`),
  });
  expect((await place.answer(turn)).said).toBe('a··b\ncd\n你 😀\nend');
});

test('a tab-indented signal is code, as it was printed', async () => {
  const place = await createWorkplace();
  place.start();
  const turn = await place.send({ model: sh(String.raw`printf "\tCLAIM(a)\nx\n\t__DONE__\n"`) });
  expect((await place.answer(turn)).said).toBe('    CLAIM(a)\nx\n    __DONE__');
});

test('200 MB of output: all read, the end kept, memory and files bounded', { timeout: 180_000 }, async () => {
  const place = await createWorkplace();
  const runner = place.start();
  await runner.shows('waits for its turns');
  const turn = await place.send({ model: `command:node ${flood} lines 200` });
  const result = await place.answer(turn);
  expect(result).toMatchObject({ outcome: 'done', exitCode: 0 });
  expect(result.said).toMatch(/\nthat was all of it$/);
  expect(result.said.length).toBeLessThanOrEqual(64 * 1024);
  expect(peakRss(runner.child.pid)).toBeLessThan(250 * MiB);
  await until(() => !place.left(turn).length);
  expect(statSync(place.paths.transcript('w0')).size).toBeLessThanOrEqual(8 * MiB);
  expect(statSync(`${place.paths.transcript('w0')}.1`).size).toBeLessThanOrEqual(8 * MiB);
});

test('one line of 50 MB: cut, and what follows it is read', { timeout: 120_000 }, async () => {
  const place = await createWorkplace();
  const runner = place.start();
  const turn = await place.send({ model: `command:node ${flood} line 50` });
  const result = await place.answer(turn);
  expect(result.outcome).toBe('done');
  expect(result.said).toMatch(/…\nthat was all of it$/);
  expect(peakRss(runner.child.pid)).toBeLessThan(250 * MiB);
  await runner.shows('that was all of it');
  const longest = Math.max(
    ...runner
      .shown()
      .split('\n')
      .map((row) => row.length),
  );
  expect(longest).toBeLessThanOrEqual(2_010);
});

/** VmHWM: the most that the process ever had. */
function peakRss(pid: number | undefined): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

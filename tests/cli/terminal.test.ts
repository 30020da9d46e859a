// The door on a real terminal: what `oompa tui` leaves behind when it cannot open.
import xterm from '@xterm/headless';
import * as pty from 'node-pty';
import { expect, onTestFinished, test } from 'vitest';
import { entry, oompa, plainEnv } from './program.ts';
import { emptyFolder, makeRepository } from './repository.ts';

interface Visit {
  code: number;
  /** Whether the alternate screen was entered, and left at the end. */
  entered: boolean;
  left: boolean;
  /** What stands on the normal screen in the end. */
  text: string;
}

function open(args: string[], cwd: string, size: { cols: number; rows: number }) {
  const terminal = new xterm.Terminal({ ...size, allowProposedApi: true });
  let bytes = '';
  const program = pty.spawn(process.execPath, [entry, ...args], {
    ...size,
    cwd,
    env: plainEnv({ TERM: 'xterm-256color', LANG: 'C.UTF-8' }) as Record<string, string>,
  });
  program.onData((data) => {
    bytes += data;
    terminal.write(data);
  });
  const ended = new Promise<number>((resolve) => program.onExit(({ exitCode }) => resolve(exitCode)));
  let over = false;
  void ended.then(() => {
    over = true;
  });
  onTestFinished(() => {
    if (!over) program.kill('SIGKILL');
  });
  const rows = () =>
    Array.from(
      { length: terminal.rows },
      (_, row) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + row)?.translateToString(true) ?? '',
    ).join('\n');
  return {
    program,
    rows,
    async visit(): Promise<Visit> {
      const code = await ended;
      await new Promise<void>((done) => terminal.write('', done));
      return {
        code,
        entered: bytes.includes('\x1b[?1049h'),
        left: terminal.buffer.active.type === 'normal',
        text: rows(),
      };
    },
  };
}

const size = { cols: 100, rows: 30 };

test('outside a repository nothing is painted', async () => {
  const visit = await open(['tui'], emptyFolder(), size).visit();
  expect(visit).toMatchObject({ code: 66, entered: false, left: true });
  expect(visit.text).toContain('is not inside a git repository');
});

test('with a bad config the first frame is wiped and the reason stays', async () => {
  const { root, write } = makeRepository({ config: null });
  write('oompa.json', '{"workers": [{"modle": "command:true"}]}');
  const visit = await open(['tui'], root, size).visit();
  expect(visit).toMatchObject({ code: 78, left: true });
  expect(visit.text).toContain('did you mean "model"?');
  const unknown = await open(['tui', '--wach'], root, size).visit();
  expect(unknown).toMatchObject({ code: 64, left: true });
  expect(unknown.text).toContain("unknown option '--wach'");
});

test('tui --help is help, not a screen', async () => {
  const visit = await open(['tui', '--help'], emptyFolder(), size).visit();
  expect(visit).toMatchObject({ code: 0, entered: false });
  expect(visit.text).toContain('--watch');
});

test('a terminal that is too small says so, and q still leaves', async () => {
  const { root } = makeRepository({ tasks: ['one'] });
  expect((await oompa(['run', '--until-done', '--approval=auto'], { cwd: root })).code).toBe(0);
  const screen = open(['tui', '--watch'], root, { cols: 30, rows: 6 });
  await expect.poll(() => screen.rows(), { timeout: 60_000 }).toMatch(/too small|80\s*[x×]\s*24/i);
  screen.program.write('q');
  expect(await screen.visit()).toMatchObject({ code: 0, entered: true, left: true });
});

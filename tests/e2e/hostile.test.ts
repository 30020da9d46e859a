// Hostile bytes through every entrance of the real program: what reaches the terminal is only what Ink itself writes.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPost } from '../../src/mail/post.ts';
import { foreignSequences, hostileTexts } from '../helpers/grammar.ts';
import { record } from '../helpers/recorder.ts';
import { makeTrial, type Trial } from '../helpers/trial.ts';
import { until } from '../helpers/until.ts';

/** Fits into names of files and arguments; the rest of the collection goes through texts. */
const bad = '\x1b[2J\x1b]0;t\x07\u009b2J\x1b[31m\u202e\b\u{e0041}\x0e\u200b';
const texts = [bad, ...hostileTexts.filter((text) => text !== '')];

/** A repository whose folder, tasks, config, checks and agent are all hostile. */
function makeHostile(trial: Trial, panes: 'tmux' | 'pty'): void {
  const { repo, env } = trial;
  for (const folder of [repo, join(repo, 'tasks'), join(repo, 'tasks', 'pending')]) mkdirSync(folder);
  writeFileSync(join(env.HOME ?? '', 'texts.json'), JSON.stringify(texts));
  const agent = join(repo, '..', `agent-mark${bad}.mjs`);
  copyFileSync(join(import.meta.dirname, '..', 'helpers', 'hostile-agent.mjs'), agent);
  const check = `console.log(${JSON.stringify(texts.map((text) => `tail-mark ${text}`).join('\n'))}); process.exit(1)`;
  const config = {
    workers: [{ model: `command:"${process.execPath}" "${agent}"`, can_plan: false }],
    checks: [{ name: `check-mark ${bad}`, run: [process.execPath, '-e', check] }],
    max_review_rounds: 1,
    panes,
  };
  writeFileSync(join(repo, 'oompa.json'), JSON.stringify(config));
  const edn = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const task = `{:id "green" :description ${edn(`description-mark ${bad}`)} :summary ${edn(`summary-mark ${texts.join(' ')}`)}}`;
  writeFileSync(join(repo, 'tasks', 'pending', 'green.edn'), task);
  writeFileSync(join(repo, 'tasks', 'pending', `name-mark${bad}.json`), '{}');
  writeFileSync(join(repo, 'tasks', 'pending', 'broken.json'), `{ broken-mark ${bad}`);
  writeFileSync(join(repo, 'file'), 'one\n');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repo, env, stdio: 'pipe' });
  git('init', '-q', '-b', `branch-mark\u202e\u009b2J\u{e0041}`);
  git('add', 'file');
  git('-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-q', '-m', `first ${bad}`);
}

async function sendHostileMail(trial: Trial): Promise<void> {
  const post = createPost({ root: join(trial.repo, '.oompa', 'mail') });
  for (const text of texts) {
    const draft = {
      from: 'operator',
      to: ['w0', 'lead'],
      subject: `subject-mark ${text.replaceAll('\n', ' ')}`,
      body: `body-mark ${text}`,
    };
    await post.deliver({ ...draft, type: 'note' });
  }
  // What no post would compose.
  const raw = `From: ${bad}\r\nTo: lead\r\nSubject: raw-mark ${bad}\r\n\r\n${texts.join('\n')}\r\n`;
  for (const address of ['lead', 'w0', 'operator'])
    writeFileSync(join(trial.repo, '.oompa', 'mail', address, 'new', `raw${bad}`), raw);
}

describe('hostile bytes', { timeout: 180_000 }, () => {
  it.each(['tmux', 'pty'] as const)('do not come out of oompa tui, panes in %s', async (panes) => {
    const trial = makeTrial(`repo-mark${bad}`);
    makeHostile(trial, panes);
    const tui = record([...trial.program, 'tui'], { cwd: trial.repo, env: trial.env });
    await tui.sees(/repo-mark[\s\S]*branch-mark/);
    await tui.sees(/command:agent-mark/);
    await until('the mailbox of the worker', () => existsSync(join(trial.repo, '.oompa', 'mail', 'w0', 'new')));
    await sendHostileMail(trial);
    await tui.sees('unreadable');
    // The check is red: the change went back to its worker, and the end of the check's output is told.
    await trial.until('a change whose check is red', ({ changes }) =>
      Object.values(changes).some(({ integration }) => integration?.checks.some(({ ok }) => !ok)),
    );
    tui.write('1');
    await tui.sees(/4 Pane[\s\S]*last-mark/);
    tui.write('2');
    await tui.sees(/Task [\s\S]*summary-mark/);
    tui.write('\r');
    await tui.sees('description-mark');
    tui.write('3');
    await tui.sees(/summary-mark[\s\S]*check-mark/);
    await tui.sees('tail-mark');
    tui.write('5');
    tui.write('z');
    await tui.sees('file-mark');
    tui.write('G');
    await tui.sees('content-mark');
    tui.write('z');
    await tui.sees('1 Workers');
    if (panes === 'pty') {
      tui.write('1\r');
      await tui.sees(/in the pane of w0[\s\S]*last-mark/);
      tui.write('typed\x11');
      await tui.sees('1 Workers');
    }
    for (const [keys, mark] of [
      ['?', 'Help'],
      ['q', '1 Workers'],
      ['z', 'Tab panel'],
      ['z', '2 Tasks'],
    ] as const) {
      tui.write(keys);
      await tui.sees(mark);
    }
    tui.write('Q');
    await tui.sees('Stop the whole swarm?');
    tui.write('y');
    expect(await tui.ended()).toBe(0);
    const bytes = tui.bytes();
    expect(foreignSequences(bytes)).toEqual([]);
    // The terminal is given back: the last word on the screen and the cursor is ours.
    const text = bytes.toString();
    expect(text.lastIndexOf('\x1b[?1049l')).toBeGreaterThan(text.lastIndexOf('\x1b[?1049h'));
    expect(text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(text.lastIndexOf('\x1b[?25l'));
  });

  it('are found when a program lets them through', async () => {
    const trial = makeTrial();
    for (const text of [bad, hostileTexts[0], hostileTexts[1], '\x1b[6n', '\u202e', 'a\tb']) {
      const loud = record([process.execPath, '-e', 'process.stdout.write(process.argv[1])', text ?? ''], {
        cwd: '/',
        env: trial.env,
      });
      expect(await loud.ended()).toBe(0);
      expect(foreignSequences(loud.bytes())).not.toEqual([]);
    }
  });
});

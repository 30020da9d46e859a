// A mail program that knows nothing of oompa reads a mailbox, and what it does there counts.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listing } from '../../src/mail/listing.ts';
import { typedDraft } from '../../src/mail/typed-draft.ts';
import { openTerminal } from '../helpers/terminal.ts';
import { until } from '../helpers/until.ts';
import { makeMailboxes } from './mailbox.ts';

const neomutt = spawnSync('neomutt', ['-v']).status === 0;
if (!neomutt) console.log('skipped: neomutt is not installed');

test.skipIf(!neomutt)(
  'neomutt shows the threads of a mailbox; reading with it counts, looking at the list does not',
  async () => {
    const { root, boxes, send } = await makeMailboxes();
    const asked = await send({
      to: ['operator'],
      subject: 'Which port? Grüße 🎉',
      thread: 'add-a',
      body: '# Für dich\n',
    });
    const other = { to: ['operator'], thread: 'add-a', inReplyTo: asked.id };
    await send({ ...other, from: 'w1', subject: 'Re: Which port? Grüße 🎉', body: '9090 is free.' });
    const question = { question: 'Which?', options: ['8080', '9090'], task: 'add-a' };
    await send({ ...other, ...typedDraft('w0', { type: 'QUESTION', fields: question }) });
    const { PATH = '', LANG = 'C.UTF-8' } = process.env;
    const box = join(root, 'operator');
    const settings = [
      `set folder=${root}`,
      'set sort=threads',
      'set mail_check=1',
      'set confirmappend=no',
      'set quit=yes',
      'set mark_old=no',
    ];
    const terminal = await openTerminal(
      ['neomutt', '-n', '-F', '/dev/null', ...settings.flatMap((each) => ['-e', each]), '-f', box],
      { cwd: root, env: { PATH, LANG, HOME: root, LC_ALL: 'C.UTF-8' }, cols: 120, rows: 24 },
    );
    onTestFinished(() => terminal.close());
    const screen = await terminal.sees(/Which port\? Grüße/);
    // The answer hangs below what it answers.
    expect(screen).toMatch(/N .*w0.*Which port\? Grüße[\s\S]*N .*w1.*[├└]─>/);
    expect(screen).toContain('[add-a] QUESTION: Which?');
    expect((await listing(boxes, 'operator')).map(({ stage }) => stage)).toEqual(['new', 'new', 'new']);
    await terminal.press('Home', 'Enter');
    await terminal.sees('# Für dich');
    await terminal.press('q', 'q');
    await terminal.ended(0);
    await until('one is read', async () => (await listing(boxes, 'operator')).some(({ stage }) => stage === 'seen'));
    expect((await listing(boxes, 'operator')).map(({ stage }) => stage)).toEqual(['seen', 'new', 'new']);
    expect(existsSync(join(box, 'new'))).toBe(true);
  },
);

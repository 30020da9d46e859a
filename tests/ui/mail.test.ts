import { afterEach, describe, expect, it } from 'vitest';
import type { State } from '../../src/core/state.ts';
import { leftLabel, untilNextLeft } from '../../src/ui/age.ts';
import { mailDocument } from '../../src/ui/documents/mail-document.ts';
import { mailList, needsYou } from '../../src/ui/lists.ts';
import type { Mail, Size } from '../../src/ui/ports.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { ago, makeMail, makeMailbox, makePorts, makeState, makeTask, makeWorker, start } from './fixtures.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
afterEach(() => stage?.close());

const port = { text: 'Which port?', options: ['8080', '9090'], default: '8080', deadline: ago(-270) };
const asked = makeMail(0, { type: 'QUESTION', question: port });
const help = makeMail(1, { type: 'HELP_REQUEST', question: { ...port, options: [], default: null, deadline: null } });
const note = makeMail(2);

const open = async (mail: readonly Mail[], more: { state?: State; size?: Size } = {}) => {
  const ports = makePorts({ mail: makeMailbox(mail) });
  stage = await openStage({ state: makeState(), ports, ...more });
  return ports.mail;
};
const opened = async (mail: readonly Mail[], more: { state?: State; size?: Size } = {}) => {
  const box = await open(mail, more);
  stage.press('m');
  await stage.sees(`m Mail ${mail.length}`);
  stage.clock.move(400);
  return box;
};
const deeds = (count: number) => stage.until(() => stage.ports.mail.deeds.length === count, `${count} deeds`);

describe('the mailbox', () => {
  it('lists questions, then what failed, then the rest, each the oldest first', () => {
    const blocked = makeMail(3, { type: 'BLOCKED' });
    const bounce = makeMail(4, { type: 'BOUNCE' });
    expect(mailList([note, bounce, asked, blocked, help])).toEqual([asked, help, blocked, bounce, note]);
  });

  it('tells who asks, for which task, what, what is decided when, and how long it waits', async () => {
    await opened([asked, note], { size: { cols: 80, rows: 24 } });
    await stage.sees(/▸ ⚑ asks +w0 task-0 Which port\? +in 4m: 8080 +1m/);
    await stage.sees(/○ note +w2 task-2 Subject 2 +1m/);
    for (const fact of [
      '1 question',
      '1  8080  (default)',
      '2  9090',
      'without an answer: 8080',
      `Text of ${asked.id}`,
    ])
      await stage.sees(fact);
    await stage.sees(/1 8080 {2}2 9090 .* d done/);
    stage.press('j');
    await stage.sees(`Text of ${note.id}`);
    stage.press('\x1b');
    await stage.sees('1 Workers');
    expect(stage.text()).not.toContain('m Mail');
  });

  it('counts down', async () => {
    const box = await opened([asked]);
    await stage.sees('in 4m: 8080');
    stage.clock.move(230_000);
    box.put([asked, note]);
    await stage.sees('in 39s: 8080');
    stage.clock.move(60_000);
    box.put([asked]);
    await stage.sees('now: 8080');
  });

  it('comes back to where it was opened, by Esc, q and m', async () => {
    await opened([asked]);
    for (const [key, again] of [
      ['q', '2'],
      ['m', '5'],
      ['\x1b', '1'],
    ] as const) {
      stage.press(key);
      await stage.sees('q leave');
      stage.press(`${again}m`);
      await stage.sees('q close mail');
    }
    stage.press('\t');
    stage.press('q');
    await stage.sees('4 Pane');
  });
});

describe('deciding', () => {
  it('sends the option of the key, once it has stood on the screen', async () => {
    const box = await open([asked, help]);
    await stage.sees('2 need you');
    stage.press('m');
    await stage.sees('1  8080');
    stage.press('2');
    await stage.sees('read it, then press the key again');
    expect(box.deeds).toEqual([]);
    stage.clock.move(400);
    stage.press('2');
    await stage.sees('answered w0: 9090');
    // The next one must be looked at first.
    await stage.sees(/▸ ⚑ needs help w1/);
    stage.press('d');
    await stage.sees('read it, then press the key again');
    expect(box.deeds).toEqual([`decide ${asked.id} 9090`]);
  });

  it('takes digits for options here and nowhere else', async () => {
    const box = await opened([asked, note]);
    stage.press('3');
    await stage.sees('it has 2 options');
    stage.press('j');
    await stage.sees(`Text of ${note.id}`);
    stage.press('2');
    await stage.sees('this message has no options');
    stage.press('m');
    await stage.sees('q leave');
    stage.press('2');
    await stage.sees('No tasks yet');
    expect(box.deeds).toEqual([]);
  });

  it('works on the message as on the list', async () => {
    const box = await opened([asked]);
    stage.press('\t');
    await stage.until(() => stage.text().includes('Esc back'), 'the message');
    stage.press('1');
    await deeds(1);
    expect(box.deeds).toEqual([`decide ${asked.id} 8080`]);
    await stage.sees('No mail.');
  });

  it('says when somebody was faster', async () => {
    const ports = makePorts({
      mail: {
        ...makeMailbox([asked]),
        decide: async () => {
          throw new Error('already decided: 8080 (its default)');
        },
      },
    });
    stage = await openStage({ state: makeState(), ports });
    stage.press('m');
    await stage.sees('1  8080');
    stage.clock.move(400);
    stage.press('2');
    await stage.sees('already decided: 8080 (its default)');
  });

  it('takes any words where there are no options', async () => {
    const box = await opened([help]);
    stage.press('\r');
    await stage.sees('answer w1:');
    stage.press('\r');
    await stage.sees('write something');
    stage.press('by the header q1\r');
    await stage.sees('answered w1: by the header q1');
    expect(box.deeds).toEqual([`decide ${help.id} by the header q1`]);
  });

  it('replies to everything else, and leaves a question open by that', async () => {
    const box = await opened([asked, note]);
    stage.press('\r');
    await stage.sees('reply to w0:');
    stage.press('why?\r');
    await stage.sees('replied to w0');
    await stage.sees(/▸ ⚑ asks/);
    stage.press('j\r');
    await stage.sees('reply to w2:');
    stage.press('thanks\r');
    await stage.sees('m Mail 1');
    expect(box.deeds).toEqual([`reply ${asked.id} why?`, `reply ${note.id} thanks`]);
  });

  it('puts notes away, and asks before it closes a question', async () => {
    const box = await opened([asked, note]);
    stage.press('d');
    await stage.sees('Close the question of w0 without an answer?');
    stage.press('n');
    await stage.sees('nothing was done');
    stage.press('j');
    await stage.sees(`Text of ${note.id}`);
    stage.clock.move(400);
    stage.press('d');
    await stage.sees('done: Subject 2');
    expect(box.deeds).toEqual([`done ${note.id}`]);
  });

  it('does not write to lead, which reads nothing', async () => {
    await opened([makeMail(0, { from: 'lead', type: 'ACK_OVERDUE' })]);
    stage.press('\r');
    await stage.sees('lead is a program');
  });
});

describe('what comes', () => {
  it('is counted at the top and told below, but not over a line that is being written', async () => {
    const box = await opened([note]);
    expect(stage.rows()[0]).toContain('0 need you');
    stage.press('\r');
    await stage.sees('reply to w2:');
    box.put([asked, note]);
    await stage.sees('1 needs you');
    expect(stage.text()).toContain('reply to w2:');
    stage.press('\x1b');
    await stage.sees('q close mail');
    box.put([asked, help, note]);
    await stage.sees(/w1 asks: Which port\?$/m);
    await stage.sees('2 need you');
    stage.press('m');
    await stage.sees('q leave');
    box.put([asked, help, note, { ...asked, id: 'new' }]);
    await stage.sees('w0 asks: Which port? (m opens the mail)');
    // Somebody else answers it.
    box.put([asked, help, note]);
    await stage.sees('2 need you');
    expect(stage.text()).not.toContain('asks:');
  });

  it('stands after what stops a worker, and before blocked tasks', async () => {
    const state = makeState({
      workers: [makeWorker('w0', { status: 'needs-you', why: 'asks for permission: ls' })],
      tasks: [makeTask('legacy', { status: 'blocked' })],
    });
    expect(needsYou({ state, mail: [note, asked] }).map(({ id }) => id)).toEqual(['w0', asked.id, 'legacy']);
    await open([note, asked], { state });
    await stage.sees('3 need you');
    stage.press('w');
    await stage.sees(/▸ ⚑ asks +w0/);
    stage.press('w');
    await stage.sees('Task legacy');
  });

  it('tells once that the mail cannot be read', async () => {
    let looks = 0;
    const list = async () => {
      looks += 1;
      throw new Error('the mail is of format 9');
    };
    stage = await openStage({ state: makeState(), ports: makePorts({ mail: { ...makeMailbox(), list } }) });
    await stage.sees('cannot read the mail: the mail is of format 9');
    stage.press('2');
    await stage.until(() => looks > 1, 'another look');
    expect(stage.text()).not.toContain('cannot read the mail');
  });

  it('draws only what is in sight of 10,000 messages', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => makeMail(at, { subject: `n${at}`, at: ago(20_000 - at) }));
    await opened([...many.slice(0, -1), { ...asked, at: ago(1) }]);
    await stage.sees(/▸ ⚑ asks/);
    const from = performance.now();
    stage.press('G');
    await stage.sees(/▸ ○ note +w9998 /);
    stage.press('g');
    await stage.sees(/▸ ⚑ asks/);
    expect(performance.now() - from).toBeLessThan(2_000);
    expect(stage.text().match(/○ note/g)?.length).toBeLessThan(20);
  });
});

describe('the parts', () => {
  const theme = createTheme({ unicode: true, colour: false });
  const rowsOf = (mail: Mail, text: string) => mailDocument(mail, text, 60, theme).rows.map((row) => row.text);

  it('keep the options in sight of a long question, and tell the whole of it below', () => {
    const long = Array.from({ length: 30 }, (_, at) => `line ${at}`).join('\n');
    const rows = rowsOf({ ...asked, question: { ...port, text: long } }, '');
    expect(rows.slice(0, 9)).toEqual([
      ...[0, 1, 2, 3, 4].map((at) => `line ${at}`),
      'line 5…',
      expect.stringContaining('w0 · task-0 · asks · at '),
      '',
      '1  8080  (default)',
    ]);
    expect(rows.at(-1)).toBe('line 29');
  });

  it('tell a long text whole, and of a monstrous one the beginning', () => {
    const words = Array.from({ length: 1_000 }, (_, at) => `word${at}`);
    expect(rowsOf(note, words.join(' ')).join(' ').replace(/ +/g, ' ')).toContain(words.join(' '));
    const rows = rowsOf(note, 'x\n'.repeat(2_000_000));
    expect(rows.length).toBeLessThan(40_000);
    expect(rows.at(-1)).toContain('oompa mail read');
  });

  it('tell a stranger, and that mail approves nothing', () => {
    expect(rowsOf({ ...note, from: 'lead@elsewhere' }, 'x')).toContain('who sent it is not of this swarm');
    expect(rowsOf({ ...note, type: 'APPROVAL_REQUEST' }, 'x').join('\n')).toContain('mail approves nothing');
  });

  it('say how long is left, and when that reads differently', () => {
    expect([ago(-59), ago(-60), ago(-7_200), ago(0), 'soon'].map((at) => leftLabel(at, start))).toEqual([
      'in 59s',
      'in 1m',
      'in 2h',
      'now',
      '',
    ]);
    expect(untilNextLeft(ago(-150), start)).toBe(30_001);
    expect(untilNextLeft(ago(1), start)).toBe(Number.POSITIVE_INFINITY);
  });
});

// What the operator does with mail: decides questions, answers, puts away.
import { messageOf } from '../../core/errors.ts';
import { mostKeys } from '../documents/mail-document.ts';
import { mailFactsOf } from '../facts.ts';
import { focusOn } from '../moves.ts';
import type { Mail } from '../ports.ts';
import type { Face } from '../store.ts';
import { cut } from '../text.ts';
import { mailIn, type View } from '../view.ts';
import { type Action, board } from './action.ts';
import { ask, askLine } from './ask.ts';

const where = ['mail', 'message'] as const;
const optionKeys = Array.from({ length: mostKeys }, (_, at) => String(at + 1));

/** Whether a key may be meant for the selected message: it has stood there long enough. */
function isMeant(view: View, face?: Face): true | string {
  const mail = mailIn(view);
  if (!mail) return 'there is no mail';
  if (view.handling === mail.id) return 'the answer is on its way';
  return (
    !face || face.arming.isArmed(mailFactsOf(mail)) || 'another message is here now: read it, then press the key again'
  );
}

const optionsIn = (view: View) => mailIn(view)?.question?.options ?? [];

function mayChoose(view: View, face?: Face): true | string {
  if (mailIn(view) && optionsIn(view).length === 0) return 'this message has no options; Esc goes back to the panels';
  return isMeant(view, face);
}

function choose(face: Face, key: string): void {
  const mail = mailIn(face.view());
  const options = optionsIn(face.view());
  const option = options[Number(key) - 1];
  if (mail && option !== undefined) decide(face, mail, option);
  else face.say('warn', `it has ${options.length} options`);
}

function decide(face: Face, mail: Mail, decision: string): void {
  void handle(face, mail, `answered ${mail.from}: ${decision}`, async ({ mail: box }) => {
    await box.decide(mail.id, decision);
    return [];
  });
}

/** A question without options is decided by any words; everything else is replied to. */
function write(face: Face): void {
  const mail = mailIn(face.view());
  if (!mail) return;
  const decides = mail.question?.options.length === 0;
  askLine(face, decides ? `answer ${mail.from}` : `reply to ${mail.from}`, 'write something, or press Esc', (text) => {
    if (decides) return decide(face, mail, text);
    void handle(face, mail, `replied to ${mail.from}`, ({ mail: box }) => box.reply(mail.id, text), !mail.question);
  });
}

function putAway(face: Face): void {
  const mail = mailIn(face.view());
  if (!mail) return;
  const put = () =>
    void handle(face, mail, `done: ${mail.subject}`, async ({ mail: box }) => {
      await box.done(mail.id);
      return [];
    });
  if (mail.question) ask(face, `Close the question of ${mail.from} without an answer?`, put);
  else put();
}

/** Does it, and says what came of it. What `closes` a message takes it off the list, before the next look does. */
async function handle(
  face: Face,
  { id }: Mail,
  done: string,
  work: (ports: Face['ports']) => Promise<readonly string[]>,
  closes = true,
): Promise<void> {
  face.update({ handling: id });
  try {
    const remarks = await work(face.ports);
    if (closes) face.update(({ mail }) => ({ mail: mail.filter((each) => each.id !== id) }));
    face.say('info', [done, ...remarks].join('; '));
  } catch (error) {
    face.say('error', messageOf(error));
  } finally {
    face.update(({ handling }) => (handling === id ? { handling: null } : {}));
  }
}

function close(face: Face): void {
  face.update((view) => focusOn(view.behind.focus, view.behind.right)(view));
}

export const mailing: readonly Action[] = [
  {
    id: 'choose',
    group: 'Mail',
    keys: optionKeys,
    label: (view) =>
      optionsIn(view)
        .slice(0, mostKeys)
        .map((option, at) => `${at === 0 ? '' : `${at + 1} `}${cut(option, 10, view.theme)}`)
        .join('  '),
    help: 'decide the selected question: its first option, its second, ...',
    where,
    footer: 1,
    enabled: mayChoose,
    run: choose,
  },
  {
    id: 'answer',
    group: 'Mail',
    keys: ['enter'],
    label: (view) => (mailIn(view)?.question?.options.length === 0 ? 'answer' : 'reply'),
    help: 'answer in your own words; where there are options, a question stays open',
    where,
    footer: 2,
    enabled: (view) => {
      const mail = mailIn(view);
      if (mail?.from === 'lead') return 'lead is a program and reads no answers: d puts it away';
      return isMeant(view);
    },
    run: write,
  },
  {
    id: 'done',
    group: 'Mail',
    keys: ['d'],
    label: 'done',
    help: 'put the message away: nothing is left to do about it',
    where,
    footer: 3,
    enabled: isMeant,
    run: putAway,
  },
  {
    id: 'close-mail',
    group: 'Mail',
    keys: ['q', 'm'],
    label: 'close mail',
    help: 'back to where you were before the mailbox',
    where,
    footer: 91,
    run: close,
  },
  {
    id: 'leave-mail',
    group: 'Mail',
    keys: ['esc'],
    label: 'back',
    help: 'the same',
    where: ['mail'],
    run: close,
  },
  {
    id: 'open-mail',
    group: 'Mail',
    keys: ['m'],
    label: 'mail',
    help: 'the mailbox: what workers ask you, and what they tell you',
    footer: 70,
    where: board,
    run: (face) => face.update(focusOn('mail')),
  },
];

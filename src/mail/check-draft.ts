// What may be sent by people and agents: sizes, names, times. What the program itself says to itself does not come by here.
import { EffectError } from '../core/errors.ts';
import type { Draft } from './contract.ts';

/** Bounds of what is sent: characters for the subject, bytes for the body. */
export const sendLimits = { subject: 200, body: 64 * 1024, recipients: 256, attachments: 32, thread: 200 } as const;

/** Who may call for attention at once. */
const mayBeUrgent: readonly string[] = ['lead', 'operator'];

/** Throws an EffectError that names what is wrong and what to do. */
export function checkDraft(draft: Draft): void {
  for (const [field, code, problem] of problems) {
    const text = problem(draft);
    if (text) throw new EffectError({ code, message: `${field}: ${text}`, hint: 'nothing was sent' });
  }
}

type Problem = (draft: Draft) => string | null;

const problems: readonly (readonly [field: string, code: string, problem: Problem])[] = [
  [
    'subject',
    'bad-header',
    ({ subject }) => (subject.trim() === '' ? 'it is empty: say in a line what it is about' : null),
  ],
  [
    'subject',
    'too-big',
    ({ subject }) =>
      subject.length > sendLimits.subject
        ? `it has ${subject.length} characters, ${sendLimits.subject} are allowed: move the rest to the body`
        : null,
  ],
  [
    'body',
    'too-big',
    ({ body }) => {
      const bytes = Buffer.byteLength(body);
      return bytes > sendLimits.body
        ? `it has ${bytes} bytes, ${sendLimits.body} are allowed: put it into a file and attach that`
        : null;
    },
  ],
  [
    'to',
    'bad-address',
    ({ to, cc = [], bcc = [] }) => {
      const count = to.length + cc.length + bcc.length;
      if (to.length === 0) return 'nobody is named: give an address or a group';
      return count > sendLimits.recipients ? `${count} recipients, ${sendLimits.recipients} are allowed` : null;
    },
  ],
  [
    'thread',
    'bad-header',
    ({ thread }) =>
      thread === undefined || thread === null || isThread(thread)
        ? null
        : `${JSON.stringify(thread.slice(0, 40))} is no thread: a task's id, or the id of a message`,
  ],
  ['ack', 'bad-header', ({ ackBy }) => (ackBy && Number.isNaN(Date.parse(ackBy)) ? 'it is no time' : null)],
  [
    'expires',
    'bad-header',
    ({ expires }) => {
      if (!expires) return null;
      const time = Date.parse(expires);
      if (Number.isNaN(time)) return 'it is no time';
      return time <= Date.now() ? 'it is in the past' : null;
    },
  ],
  [
    'importance',
    'denied',
    ({ importance, from }) =>
      importance === 'urgent' && !mayBeUrgent.includes(from)
        ? `urgent is for ${mayBeUrgent.join(' and ')}: use high`
        : null,
  ],
  [
    'attachments',
    'too-big',
    ({ attachments = [] }) =>
      attachments.length > sendLimits.attachments
        ? `${attachments.length} files, ${sendLimits.attachments} are allowed`
        : null,
  ],
];

/** A task's id or a Message-ID; never anything that could be a path or hide something. */
export function isThread(text: string): boolean {
  return text.length <= sendLimits.thread && /^[A-Za-z0-9~][A-Za-z0-9._+~@-]*$/.test(text) && !text.includes('..');
}

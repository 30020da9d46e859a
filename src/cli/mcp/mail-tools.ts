// The tools for mail. Words cost every agent tokens in every conversation: they are as few as tell how.
import * as z from 'zod';
import { clean } from '../../core/clean.ts';
import { EffectError } from '../../core/errors.ts';
import { search } from '../../mail/search.ts';
import { swarmTypes } from '../../mail/typed/types.ts';
import { filterOf } from '../commands/mail/input.ts';
import { reply, send } from '../mail-actions.ts';
import { openStages, pageOf, read, seenBy } from '../mail-reading.ts';
import { steps, stepText } from '../mail-steps.ts';
import { briefListOf, sentText } from '../mail-text.ts';
import { groupNames } from '../mailroom.ts';
import { shown } from './shown.ts';
import { type Tool, tool } from './tool.ts';
import { longestWait, waitForMail } from './waiting.ts';

const id = z.string().describe('its id, or the start of it');
const flag = z.boolean().optional();
const text = z.string().optional();
const texts = z.array(z.string()).optional();
const filters = { from: text, type: texts, thread: text };
const forEveryone = Object.entries(swarmTypes).flatMap(([type, { sender }]) => (sender === 'anyone' ? [type] : []));
const content = {
  subject: text,
  body: z.string().optional().describe('Markdown'),
  type: text,
  fields: z.looseObject({}).optional().describe('of a typed message'),
  importance: z.enum(['low', 'normal', 'high', 'urgent']).optional(),
  ackSeconds: z.int().min(0).max(86_400).optional().describe('ask for an ack within'),
  attach: texts.describe('files of the repository'),
  key: z.string().optional().describe('the same key is sent once'),
};

export const mailTools: readonly Tool[] = [
  tool({
    name: 'mail_inbox',
    description: 'List your open mail, oldest first: headers only, nothing is marked as read.',
    input: { unread: flag, ...filters, limit: z.int().min(1).max(100).default(20), page: z.int().min(1).default(1) },
    readOnly: true,
    async run({ unread: only, limit, page, ...args }, { room }) {
      const filter = { ...filterOf(args), stages: only ? (['new'] as const) : openStages };
      const { total, unread, entries } = await pageOf(room, { filter, limit, page });
      if (total === 0) return 'no mail';
      const more = total > page * limit ? `; page ${page + 1} has more` : '';
      return `${total} messages, ${unread} unread${more}\n${briefListOf(entries)}`;
    },
  }),
  tool({
    name: 'mail_read',
    description: 'Read one message and mark it as read.',
    input: { id, peek: flag.describe('do not mark it') },
    async run({ id, peek }, { room }) {
      const { entry, message } = await read(room, id, { peek });
      return shown(entry, message);
    },
  }),
  tool({
    name: 'mail_send',
    description: `Send mail. to: lead, operator, a worker such as w1, or ${groupNames.join(' ')}. Without type it is a note; types, whose fields errors name: ${forEveryone.join(' ')}.`,
    input: { to: z.array(z.string()), cc: texts, thread: text, ...content },
    run: async (args, { room }) => sentText(await send(room, args)),
  }),
  tool({
    name: 'mail_reply',
    description: 'Answer a message in its thread.',
    input: { id, all: flag.describe('to all it went to'), ...content },
    async run({ id, ...args }, { room }) {
      if (args.body !== undefined || args.type !== undefined) return sentText(await reply(room, id, args));
      throw new EffectError({
        code: 'bad-body',
        message: 'body: it is missing',
        hint: 'give body, or type and fields',
      });
    },
  }),
  tool({
    name: 'mail_ack',
    description:
      'Tell how far you are with a message. ack: understood; done: nothing is left to do; nack: give it back unread.',
    input: { id, how: z.enum(['ack', 'done', 'nack']).default('ack'), reason: text.describe('of a nack') },
    run: async ({ id, how, reason }, { room }) => stepText(await steps[how](room, id, reason)),
  }),
  tool({
    name: 'mail_search',
    description: 'Find mail that has all the words, newest first.',
    input: { words: z.string(), ...filters, limit: z.int().min(1).max(100).default(20) },
    readOnly: true,
    async run({ words, limit, ...args }, { room }) {
      const found = await search(room.boxes, await seenBy(room), words.split(/\s+/), filterOf(args));
      if (found.length === 0) return 'nothing found';
      const lines = found
        .slice(0, limit)
        .flatMap(({ entry, line }) => (line ? [`${entry.heading.subject}: ${line}`] : []));
      const list = briefListOf(found.slice(0, limit).map(({ entry }) => entry));
      return `${found.length} found\n${list}\n\n${lines.map((line) => clean(line, { maxLine: 200 })).join('\n')}`.trim();
    },
  }),
  tool({
    name: 'mail_wait',
    description:
      'Wait for an unread message, mark it as read and give it to you; take: claim it, so that it comes back if you do not finish.',
    input: { seconds: z.int().min(1).max(longestWait).default(60), ...filters, take: flag },
    run: waitForMail,
  }),
];

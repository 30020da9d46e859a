// `oompa mail …`: the table of what people and agents can do with mail.
import { agentExits } from '../../exits.ts';
import { list, pairs, positiveInteger, span } from '../../values.ts';
import type { CommandSpec, GroupSpec } from '../index.ts';

const json = ['--json', 'print JSON'] as const;
const as = ['--as <address>', "whose mailbox (default: the operator's; an agent always has its own)"] as const;
const content = [
  ['-s, --subject <line>', 'what it is about (default: the first line of the text)'],
  ['-b, --body <text>', 'the text, in Markdown; - reads it from stdin'],
  ['-f, --file <file>', 'the text from a file; - reads it from stdin'],
  ['-t, --type <type>', 'a typed message, such as QUESTION or DONE (default: a note)'],
  ['--field <name=value...>', 'fields of a typed message; lists with commas', pairs],
  ['--importance <how>', 'low, normal, high or urgent (lead and operator only)'],
  ['--ack [span]', 'ask for an ack, within 10m or the span given', span],
  ['--expires <span>', 'when it is of no use any more, such as 30m', span],
  ['--attach <files...>', 'files of the repository that it is about'],
  ['--key <key>', 'makes sending again safe: the same key is sent once'],
] as const;
const filters = [
  ['--from <address>', 'only from this sender'],
  ['-t, --type <types>', 'only of these types, with commas', list],
  ['--thread <thread>', 'only of this thread'],
] as const;

type Verb = (invocation: Parameters<Awaited<ReturnType<CommandSpec['load']>>['run']>[0]) => Promise<number>;

/** A verb that is done by one function of a module. */
const verb = <M extends Record<string, unknown>>(load: () => Promise<M>, name: keyof M): CommandSpec['load'] => {
  return async () => ({ run: (await load())[name] as Verb });
};
const sending = () => import('./sending.ts');
const reading = () => import('./reading.ts');
const handling = () => import('./handling.ts');
const waiting = () => import('./waiting.ts');
const chores = () => import('./chores.ts');

export const mail: GroupSpec = {
  usage: 'mail',
  summary: 'send, read and answer mail: what agents, the framework and you say to each other',
  exits: agentExits,
  verbs: [
    {
      usage: 'send',
      summary:
        'send a message; exit 3 when it is not valid, 5 when its key was used for another, 6 when some get it later',
      options: [
        ['--to <addresses...>', 'operator, lead, a worker, or a group: oompa mail groups', list],
        ['--cc <addresses...>', 'get it as well', list],
        ['--bcc <addresses...>', 'get it as well, unseen by the others', list],
        ['--thread <thread>', 'what it belongs to (default: its task, else itself)'],
        ...content,
        as,
        json,
      ],
      load: verb(sending, 'send'),
    },
    {
      usage: 'reply <id>',
      summary: 'answer a message, in its thread',
      options: [
        ['--all', 'to everybody it went to'],
        ['--choose <option>', 'decide a QUESTION: one of its options, by its number or its words'],
        ...content,
        as,
        json,
      ],
      load: verb(sending, 'reply'),
    },
    {
      usage: 'inbox',
      summary: 'list mail, the oldest first; nothing is marked as read',
      options: [
        ['--all', 'what is done as well'],
        ['--unread', 'only what was not read'],
        ['--unacked', 'only what waits for an ack'],
        ...filters,
        ['--since <span>', 'only of this last span, such as 1h', span],
        ['--folder <folder>', 'Archive, Dead or Sent instead'],
        ['--limit <n>', 'how many on a page (default: 20)', positiveInteger],
        ['--page <n>', 'which page (default: 1)', positiveInteger],
        as,
        json,
      ],
      load: verb(reading, 'inbox'),
    },
    {
      usage: 'read <id>',
      summary: 'print a message and mark it as read',
      options: [['--peek', 'do not mark it'], as, json],
      load: verb(reading, 'read'),
    },
    {
      usage: 'take [id]',
      summary: 'claim a message (default: the oldest unread one) and print it; exit 1 when there is none',
      options: [['--for <span>', 'how long before it goes back (default: 15m)', span], ...filters, as, json],
      load: verb(handling, 'take'),
    },
    { usage: 'ack <id>', summary: 'say that you have understood it', options: [as, json], load: verb(handling, 'ack') },
    {
      usage: 'done <id>',
      summary: 'say that nothing is left to do about it',
      options: [as, json],
      load: verb(handling, 'done'),
    },
    {
      usage: 'nack <id>',
      summary: 'give it back unread; after three attempts it goes to the dead letters',
      options: [['-m, --reason <text>', 'why'], as, json],
      load: verb(handling, 'nack'),
    },
    {
      usage: 'thread <thread>',
      summary: 'show a thread as a tree, by its name or a message of it',
      options: [as, json],
      load: verb(reading, 'thread'),
    },
    {
      usage: 'search <words...>',
      summary: 'find messages that have all the words',
      options: [...filters, as, json],
      load: verb(reading, 'search'),
    },
    {
      usage: 'wait',
      summary: 'wait for an unread message and print it; exit 1 when none came in time',
      options: [...filters, ['--timeout <span>', 'how long (default: 60s)', span], ['--take', 'claim it'], as, json],
      load: verb(waiting, 'wait'),
    },
    {
      usage: 'watch',
      summary: 'print a line for every message that comes, until Ctrl-C',
      options: [...filters, as, json],
      load: verb(waiting, 'watch'),
    },
    {
      usage: 'count',
      summary: 'count mail by how far it is',
      options: [...filters, as, json],
      load: verb(reading, 'count'),
    },
    {
      usage: 'who',
      summary: 'list who can be written to, and who is there',
      options: [json],
      load: verb(reading, 'who'),
    },
    {
      usage: 'groups',
      summary: 'list the groups and who is in them now',
      options: [json],
      load: verb(reading, 'groups'),
    },
    {
      usage: 'outbox',
      summary: 'list what you sent, and how far each recipient is with it',
      options: [['--limit <n>', 'how many (default: 20)', positiveInteger], as, json],
      load: verb(reading, 'outbox'),
    },
    {
      usage: 'archive [thread]',
      summary: 'put what is done (of one thread) into the archive',
      options: [as, json],
      load: verb(chores, 'archive'),
    },
    {
      usage: 'verify',
      summary: 'look whether the mailboxes are whole; exit 7 when not',
      options: [json],
      load: verb(chores, 'verify'),
    },
    {
      usage: 'repair',
      summary: 'finish, give back and mend what verify tells',
      options: [json],
      load: verb(chores, 'repair'),
    },
    {
      usage: 'export [thread]',
      summary: 'print mail as Markdown, JSON lines or mbox',
      options: [['--format <format>', 'md, jsonl or mbox (default: md)'], as],
      load: verb(chores, 'export_'),
    },
  ],
};

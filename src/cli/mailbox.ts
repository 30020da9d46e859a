// The operator's mailbox for the face: what waits in it, and what the person does about it.
import { EffectError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import type { Paths } from '../disk/paths.ts';
import { isAsked, questionOf } from '../mail/decide.ts';
import { moveMark } from '../mail/due.ts';
import { type Entry, listing, passes } from '../mail/listing.ts';
import { readTyped } from '../mail/typed/legacy.ts';
import { renderBody } from '../mail/typed/render.ts';
import type { Mail, Mailbox, Question } from '../ui/ports.ts';
import { identity } from './identity.ts';
import { reply } from './mail-actions.ts';
import { choose } from './mail-decisions.ts';
import { type Mailroom, roomOf } from './mailroom.ts';

const address = 'operator';

/** Nothing is opened before it is asked for: a disk that is full, or mail of a newer oompa, keeps nobody from looking at the swarm. */
export function createMailbox(paths: Paths): Omit<Mailbox, 'onHint'> {
  let room: Mailroom | null = null;
  let mark = '';
  let questions = new Map<string, Question | null>();
  const open = async () => {
    room ??= await roomOf({ address, isAgent: identity().isAgent, paths });
    return room;
  };
  /** An agent in front of a screen is not the person. */
  const openAsPerson = async () => {
    const opened = await open();
    if (!opened.isAgent) return opened;
    throw new EffectError({
      code: 'denied',
      message: "this mailbox is the operator's",
      hint: 'your own: oompa mail inbox',
    });
  };

  async function questionIn({ boxes }: Mailroom, { heading, file }: Entry): Promise<Question | null> {
    if (!isAsked(heading.type)) return null;
    const known = questions.get(heading.id);
    if (known !== undefined) return known;
    const received = await boxes.receive(address, file);
    return received && questionOf(received.message);
  }

  return {
    async list() {
      const opened = await open();
      const { boxes } = opened;
      // With the minute: what expires moves nothing.
      const now = `${moveMark(boxes.box(address))} ${Math.floor(Date.now() / 60_000)}`;
      if (now === mark) return null;
      const found = await listing(boxes, address, undefined, { open: true });
      const waiting = found.filter(
        (entry) => passes(entry, {}) && (entry.stage === 'new' || isAsked(entry.heading.type)),
      );
      const mail = await Promise.all(waiting.map(async (entry) => mailOf(entry, await questionIn(opened, entry))));
      questions = new Map(mail.map(({ id, question }) => [id, question]));
      mark = now;
      return mail;
    },
    async text(id) {
      const received = await (await open()).boxes.find(address, id);
      if (!received) return null;
      const { subject, body, type } = received.message;
      // What the list tells of a question is told once.
      const isTold =
        type === 'QUESTION' && renderBody(type, readTyped({ subject, body, type }).fields as never) === body;
      return isTold ? '' : body;
    },
    async decide(id, decision) {
      await choose(await openAsPerson(), id, decision);
    },
    async reply(id, text) {
      const opened = await openAsPerson();
      const { remarks } = await reply(opened, id, { body: text });
      if (questions.get(id)) return remarks;
      await opened.life.finish(address, id).catch(putAwayBefore);
      return remarks;
    },
    async done(id) {
      await (await openAsPerson()).life.finish(address, id);
    },
  };
}

function mailOf({ heading }: Entry, question: Question | null): Mail {
  const { id, from, type, thread, date } = heading;
  const task = isId(thread) ? thread : null;
  // Task and type have columns of their own.
  const subject = [`[${task}] `, type, ': '].reduce(
    (rest, part) => (rest.startsWith(part) ? rest.slice(part.length) : rest),
    heading.subject,
  );
  return { id, from, type, task, subject: subject || heading.subject, at: date, question };
}

function putAwayBefore(error: unknown): void {
  if (!(error instanceof EffectError && error.code === 'not-found')) throw error;
}

// Looks into the operator's mailbox when mail may have come and on a slow beat, and tells when somebody asks something new.
import { messageOf } from '../../core/errors.ts';
import { questionsIn } from '../lists.ts';
import type { Mail } from '../ports.ts';
import type { Face } from '../store.ts';
import type { Message, View } from '../view.ts';
import { loop, type Tell } from './index.ts';

const beatMs = 2_000;

export function watchMail(face: Face, tell: Tell): () => void {
  const { mail: box } = face.ports;
  /** Questions that were there at the first look, or were told; null before it. */
  let known: Set<string> | null = null;
  let trouble = '';
  let took = { ms: 0, at: Number.NEGATIVE_INFINITY };
  const tellMail = (mail: readonly Mail[]) => {
    const questions = questionsIn(mail);
    const fresh = questions.findLast(({ id }) => known && !known.has(id));
    known = new Set([...(known ?? []), ...questions.map(({ id }) => id)]);
    tell((view) => ({ mail, ...(fresh ? saying(view, 'warn', newsOf(fresh, view), fresh.id) : {}) }));
  };
  const beat = loop(
    async () => {
      const from = face.clock.monotonic();
      try {
        const mail = await box.list();
        trouble = '';
        if (mail) tellMail(mail);
      } catch (error) {
        const now = `cannot read the mail: ${messageOf(error)}`;
        if (now !== trouble) tell((view) => saying(view, 'error', now));
        trouble = now;
      }
      const at = face.clock.monotonic();
      took = { ms: at - from, at };
    },
    () => beatMs,
  );
  // A look into a large mailbox costs something: of a storm of mail, the beat gets the rest.
  const forget = box.onHint(() => {
    if (face.clock.monotonic() - took.at >= 4 * took.ms) beat.hurry();
  });
  return () => {
    forget();
    beat.close();
  };
}

function newsOf({ from, question, subject }: Mail, { right }: View): string {
  return `${from} asks: ${question?.text ?? subject}${right === 'mail' ? '' : ' (m opens the mail)'}`;
}

/** In the footer, but never over a line that is being written. */
function saying({ mode, state: { seq } }: View, level: Message['level'], text: string, about?: string): Partial<View> {
  return mode.kind === 'note' ? {} : { message: { level, text, seq, ...(about === undefined ? {} : { about }) } };
}

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
  let isFirst = true;
  let trouble = '';
  let took = { ms: 0, at: Number.NEGATIVE_INFINITY };
  const beat = loop(
    async () => {
      const from = face.clock.monotonic();
      try {
        const mail = await box.list();
        trouble = '';
        if (mail) tellMail(tell, mail, isFirst);
        isFirst = false;
      } catch (error) {
        if (messageOf(error) !== trouble)
          tell((view) => saying(view, 'error', `cannot read the mail: ${messageOf(error)}`));
        trouble = messageOf(error);
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

function tellMail(tell: Tell, mail: readonly Mail[], isFirst: boolean): void {
  tell((view) => {
    const known = new Set(view.mail.map(({ id }) => id));
    const fresh = isFirst ? undefined : questionsIn(mail).findLast(({ id }) => !known.has(id));
    const text = `${fresh?.from} asks: ${fresh?.question?.text} (m opens the mail)`;
    return { mail, ...(fresh ? saying(view, 'warn', text) : {}) };
  });
}

/** In the footer, but never over a line that is being written. */
function saying({ mode, state: { seq } }: View, level: Message['level'], text: string): Partial<View> {
  return mode.kind === 'note' ? {} : { message: { level, text, seq } };
}

// One message as one line: what it is, who sent it, for which task, what it says, what is decided when, how long it waits.
import { ageLabel, leftLabel } from '../age.ts';
import type { Mail } from '../ports.ts';
import { widthOf } from '../text.ts';
import { mailLook, type Theme } from '../theme.ts';
import { cellRow, type Emphasis, restOf } from './cells.ts';

/** Columns that fit the messages which are shown together. */
export interface MailWidths {
  from: number;
  task: number;
  due: number;
}

export function mailWidths(shown: readonly Mail[], now: number, width: number): MailWidths {
  const widest = (most: number, textOf: (mail: Mail) => string) =>
    shown.reduce((widest, mail) => Math.max(widest, Math.min(most, widthOf(textOf(mail)))), 0);
  const wide = width >= 110;
  return {
    from: Math.max(
      2,
      widest(wide ? 16 : 8, ({ from }) => from),
    ),
    task: widest(wide ? 24 : 14, ({ task }) => task ?? ''),
    due: widest(wide ? 30 : 16, (mail) => dueLabel(mail, now)),
  };
}

export function mailRow(
  mail: Mail,
  { now, isHandled, ...cells }: MailWidths & { now: number; isHandled: boolean },
  width: number,
  theme: Theme,
  emphasis: Emphasis,
): string {
  const look = mailLook(mail.type);
  const widths = { kind: 12, ...cells, age: 3 };
  const text = restOf(width, [1, ...Object.values(widths)]);
  return cellRow(
    [
      { text: ' ', width: 1 },
      {
        text: `${theme.glyph(look.glyph)} ${isHandled ? 'answering' : look.word}`,
        width: widths.kind,
        tone: look.tone,
      },
      { text: mail.from, width: widths.from, tone: 'bold' },
      { text: mail.task ?? '', width: widths.task, tone: 'dim' },
      { text: mail.question?.text ?? mail.subject, width: text },
      { text: dueLabel(mail, now), width: widths.due, align: 'right', tone: 'warn' },
      { text: ageLabel(mail.at, now), width: widths.age, align: 'right', tone: 'dim' },
    ],
    theme,
    emphasis,
  );
}

/** `in 4m: 8080`; nothing where nothing is decided by itself. */
export function dueLabel({ question }: Mail, now: number): string {
  if (!question?.deadline || question.default === null) return '';
  return `${leftLabel(question.deadline, now)}: ${question.default}`;
}

// The mailbox of the operator, one line per message. It stands in the place of the review queue, its message in the right panel.
import { mailList, questionsIn } from '../lists.ts';
import { mailRow, mailWidths } from '../rows/mail-row.ts';
import type { View } from '../view.ts';
import { visibleMail } from '../visible.ts';
import { emptyRows, framed, type PanelRows } from './panel.ts';

export const mailPanel: PanelRows = (view, place) => {
  const { theme, now, picks, handling } = view;
  const width = place.width - 4;
  const focused = view.focus === 'mail';
  const shown = visibleMail(view);
  const widths = mailWidths(shown, now, width);
  const inner = shown.map((mail) => {
    const emphasis = mail.id !== picks.mail.id ? 'none' : focused ? 'chosen' : 'marked';
    return mailRow(mail, { ...widths, now, isHandled: handling === mail.id }, width, theme, emphasis);
  });
  const content = {
    title: `m Mail ${view.mail.length}`,
    corner: cornerOf(view),
    inner: inner.length > 0 ? inner : emptyRows(help, width, view),
  };
  return framed(view, place, focused, content, { top: view.tops.mail ?? 0, total: mailList(view.mail).length });
};

const help = ['No mail. What workers ask you comes here, and what they tell you.'];

function cornerOf({ mail }: View): string {
  const open = questionsIn(mail).length;
  return open === 0 ? '' : open === 1 ? '1 question' : `${open} questions`;
}

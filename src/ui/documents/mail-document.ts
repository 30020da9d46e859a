// The document of one message: what it asks, what can be answered, what is decided when nobody does, and its text.
import { clean } from '../../core/clean.ts';
import { trustOf } from '../../core/trust.ts';
import { clockLabel } from '../age.ts';
import { memo } from '../memo.ts';
import type { Mail, Question } from '../ports.ts';
import { tame, wrap } from '../text.ts';
import { mailLook, type Theme, type Tone } from '../theme.ts';
import type { Document, DocumentRow } from './document.ts';

/** Lines of what is asked, and of one option: the options must stay in sight. The whole is in the text below. */
const mostAskedLines = 6;
const mostOptionLines = 2;
/** Characters of a text; who sends more may send a million lines. */
const mostText = 64_000;
/** Options that a key can choose. */
export const mostKeys = 9;

/** `text` is undefined while it is being read. */
export const mailDocument = memo((mail: Mail, text: string | undefined, width: number, theme: Theme): Document => {
  const rows: DocumentRow[] = [];
  const say = (line: string, tone: Tone = 'plain', most?: number) => {
    for (const each of wrap(line, width, theme, most)) rows.push({ text: each, tone });
  };
  const separator = ` ${theme.glyph('separator')} `;
  const { question } = mail;
  say(question?.text ?? mail.subject, 'bold', mostAskedLines);
  const facts = [mail.from, mail.task ?? '', mailLook(mail.type).word, `at ${clockLabel(mail.at)}`];
  say(tame(facts.filter(Boolean).join(separator), theme), 'dim');
  if (trustOf(mail.from) === 'stranger') say('who sent it is not of this swarm', 'warn');
  if (mail.type === 'APPROVAL_REQUEST')
    say('mail approves nothing: changes are approved in the review queue (3)', 'warn');
  if (question) answerRows(question, theme, rows, say);
  rows.push({ text: '', tone: 'plain' });
  const asked = wrap(question?.text ?? '', width, theme);
  if (text === '' && asked.length > mostAskedLines) say(asked.join('\n'));
  say(text === undefined ? `reading${theme.glyph('ellipsis')}` : paragraphs(text));
  if (text && text.length > mostText) say('the text is longer: oompa mail read shows it whole', 'dim');
  while (rows.at(-1)?.text.trim() === '') rows.pop();
  return { rows, marks: [] };
});

/** Long lines in pieces: `wrap` cuts those of more than 2,000. */
function paragraphs(text: string): string {
  const lines = clean(text.slice(0, mostText), { lines: true, maxLine: mostText });
  return lines.replace(/[^\n]{1000,1900} /gu, '$&\n');
}

function answerRows(
  question: Question,
  theme: Theme,
  rows: DocumentRow[],
  say: (line: string, tone?: Tone, most?: number) => void,
): void {
  const { options, deadline } = question;
  if (options.length > 0) rows.push({ text: '', tone: 'plain' });
  for (const [at, option] of options.entries()) {
    const note = option === question.default ? '  (default)' : '';
    say(`${at < mostKeys ? at + 1 : ' '}  ${tame(option, theme)}${note}`, 'plain', mostOptionLines);
  }
  if (options.length > mostKeys) say('keys choose the first nine, oompa mail reply --choose any', 'dim');
  if (options.length > 0) rows.push({ text: '', tone: 'plain' });
  if (deadline === null || question.default === null) say('waits for your answer', 'dim');
  else say(tame(`at ${clockLabel(deadline)}, without an answer: ${question.default}`, theme), 'warn', mostOptionLines);
}

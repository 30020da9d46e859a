// Messages as text for other programs and for people: Markdown, JSON lines, or an mbox file.
import { clean } from '../core/clean.ts';
import type { Received } from './contract.ts';
import * as maildir from './maildir.ts';

/** Format → what one message is in it, with its line end. */
export const formats: Readonly<Record<string, (received: Received) => string>> = {
  md({ message }) {
    const { from, to, subject, date, type, id, thread, body } = message;
    const about = [`From ${from} to ${to.join(', ')}`, date, type, `thread ${thread}`, id].join(' · ');
    return `## ${clean(subject)}\n\n${clean(about)}\n\n${clean(body, { lines: true }).trimEnd()}\n\n`;
  },
  jsonl({ message: { headers: _, ...message } }) {
    return `${JSON.stringify(message)}\n`;
  },
  /** As RFC 4155 has it, quoted as mboxrd: it can be told from the text again. */
  mbox({ message, file }) {
    const bytes = maildir.read(file)?.bytes.toString('utf8') ?? '';
    const sender = message.from.includes('@') ? message.from : `${message.from}@oompa`;
    const date = new Date(message.date)
      .toUTCString()
      .replace(/^(\w{3}), (\d\d) (\w{3}) (\d{4}) ([\d:]+) GMT$/, '$1 $3 $2 $5 $4');
    return `From ${sender} ${date}\n${bytes.replace(/^(>*From )/gm, '>$1').trimEnd()}\n\n`;
  },
};

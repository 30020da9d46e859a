// Takes what a harness prints through its reader to the screen, the transcript and the status, and remembers what the answer needs.
import { clean } from '../core/clean.ts';
import { messageOf } from '../core/errors.ts';
import type { TurnResult, Usage } from '../core/turn.ts';
import type { HarnessEvent, HarnessReader } from '../harnesses/contract.ts';
import type { HarnessEnd } from './harness-process.ts';
import { createLineSplitter, type LineSplitter } from './lines.ts';
import { createSaid } from './said.ts';
import type { Screen } from './screen.ts';
import type { Status } from './status.ts';
import type { Transcript, TranscriptEntry } from './transcript.ts';

export interface TurnOutputOptions {
  reader: HarnessReader;
  /** Makes ready to show Markdown; null where its text is none. Must not reject. */
  loadMarkdown: (() => Promise<void>) | null;
  /** Draws it, and puts it into the transcript. */
  show(entry: TranscriptEntry): void;
  screen: Screen;
  transcript: Transcript;
  status: Status;
  /** The harness said that its turn is over; or, false, that it goes on all the same. */
  onOver(over: boolean): void;
}

export interface TurnOutput {
  stdout(chunk: Buffer): Promise<void>;
  stderr(chunk: Buffer): Promise<void>;
  /** Takes what was read elsewhere. */
  take(events: readonly HarnessEvent[]): void;
  /**
   * Takes last lines without a newline and what the exit means, and tells what the answer is made of. `lastWords`: the last line of
   * stderr. `total`: what the conversation has used, where the harness counts so.
   */
  finish(end: Pick<HarnessEnd, 'by' | 'code' | 'spawnError'>): Seen & { said: string; lastWords: string };
}

type Seen = Pick<TurnResult, 'conversation' | 'usage' | 'error'> & { total: Usage | null };

/** A raw line is kept up to here: results of tools can be whole files. */
const longestRaw = 8 * 1024;

/** Half of what `said` holds, so that the longest line leaves room for others. */
const longestLine = 32 * 1024;

export function createTurnOutput(options: TurnOutputOptions): TurnOutput {
  const { reader, loadMarkdown, show, screen, transcript, status, onOver } = options;
  const said = createSaid();
  const out = createLineSplitter();
  const err = createLineSplitter();
  const seen: Seen = { conversation: null, usage: null, error: null, total: null };
  let lastWords = '';
  let over = false;

  const onText = ({ text, more }: Extract<HarnessEvent, { type: 'text' }>) => {
    // A leading tab is an indented code block to readSignals; `clean` would make it two spaces, which is none.
    const cleaned = clean(text.replace(/^\t/gm, '    '), { colour: true, lines: true, maxLine: longestLine });
    const plain = cleaned.replace(/\u001b\[[\d;:]*m/g, '');
    said.add(plain);
    show({ type: 'text', text: cleaned, ...(more && { more }), ...(loadMarkdown && { markdown: true }) });
    const line = lastLineOf(plain);
    status.set({ lastOutputAt: new Date().toISOString(), ...(line && { lastLine: line }) });
  };
  const onEvent = (event: HarnessEvent | Raw) => {
    if (event.type === 'raw') return show({ ...event, line: clean(event.line, { maxLine: longestRaw }) });
    if (over !== (event.type === 'ended')) {
      over = event.type === 'ended';
      onOver(over);
    }
    if (event.type === 'text') return onText(event);
    show(cleanEvent(event));
    const news =
      event.type === 'tool' && event.phase === 'started' ? event.summary : event.type === 'notice' ? event.text : '';
    status.set({ lastOutputAt: new Date().toISOString(), ...(news && { lastLine: lastLineOf(clean(news)) }) });
    if (event.type === 'conversation') seen.conversation = event.id;
    else if (event.type === 'usage') {
      seen.usage = event.usage;
      seen.total = event.total ?? null;
    } else if (event.type === 'error') {
      seen.error = { class: event.class, message: clean(event.message), resetAt: event.resetAt };
    }
  };
  const onLines = (lines: string[]) => {
    const events = lines.flatMap((line) =>
      withRaw(
        line,
        heed(() => reader.read(line)),
      ),
    );
    for (const event of joinText(events, { messages: loadMarkdown !== null })) onEvent(event);
  };
  const onErrLines = (lines: string[]) => {
    if (lines.length === 0) return;
    const text = clean(lines.join('\n'), { lines: true });
    show({ type: 'stderr', text });
    lastWords = lastLineOf(text) || lastWords;
    status.set({ lastOutputAt: new Date().toISOString() });
    for (const event of lines.flatMap((line) => heed(() => reader.readError?.(line) ?? []))) onEvent(event);
  };
  const through = (splitter: LineSplitter, take: (lines: string[]) => void) => async (chunk: Buffer) => {
    await loadMarkdown?.();
    take(splitter.push(chunk));
    await screen.ready();
    await transcript.ready();
  };

  return {
    stdout: through(out, onLines),
    stderr: through(err, onErrLines),
    take(events) {
      for (const event of joinText(events, { messages: loadMarkdown !== null })) onEvent(event);
    },
    finish({ by, code, spawnError }) {
      onLines(out.end());
      onErrLines(err.end());
      if (by === 'exit' && spawnError === null) {
        for (const event of heed(() => reader.exited?.(code) ?? [])) onEvent(event);
      }
      return { ...seen, said: said.text(), lastWords };
    },
  };
}

/** A line as it came, kept beside what it means; text that is just said needs no second copy. */
type Raw = { type: 'raw'; line: string };

function withRaw(line: string, events: HarnessEvent[]): (HarnessEvent | Raw)[] {
  const [first] = events;
  return events.length === 1 && first?.type === 'text' && first.text === line
    ? events
    : [{ type: 'raw', line }, ...events];
}

function heed(read: () => HarnessEvent[]): HarnessEvent[] {
  try {
    return read();
  } catch (error) {
    return [{ type: 'error', class: 'protocol', message: `not understood: ${messageOf(error)}`, resetAt: null }];
  }
}

/**
 * Texts that follow each other become one: cleaning and drawing a thousand lines at once costs little more than one. `messages`: but for
 * those that are messages of their own.
 */
function joinText(
  events: readonly (HarnessEvent | Raw)[],
  { messages }: { messages: boolean },
): (HarnessEvent | Raw)[] {
  const joined: (HarnessEvent | Raw)[] = [];
  let texts: string[] = [];
  let more = false;
  const flush = () => {
    if (texts.length > 0) joined.push({ type: 'text', text: texts.join('\n'), ...(more && { more }) });
    texts = [];
  };
  for (const event of events) {
    if (event.type === 'text') {
      texts.push(event.text);
      more = event.more ?? false;
      if (messages && !more) flush();
    } else {
      if (event.type !== 'raw') flush();
      joined.push(event);
    }
  }
  flush();
  return joined;
}

function cleanEvent(event: Exclude<HarnessEvent, { type: 'text' }>): Exclude<HarnessEvent, { type: 'text' }> {
  if (event.type === 'tool')
    return { ...event, summary: clean(event.summary), ...(event.diff && { diff: clean(event.diff, { lines: true }) }) };
  if (event.type === 'notice') return { ...event, text: clean(event.text) };
  if (event.type === 'error') return { ...event, message: clean(event.message) };
  return event;
}

function lastLineOf(text: string): string {
  const row = text.trimEnd();
  return row
    .slice(row.lastIndexOf('\n') + 1)
    .trim()
    .slice(0, 200);
}

// Takes what a harness prints through its reader to the screen, the transcript and the status, and remembers what the answer needs.
import { clean } from '../core/clean.ts';
import { messageOf } from '../core/errors.ts';
import type { TurnResult } from '../core/turn.ts';
import type { HarnessEvent, HarnessReader } from '../harnesses/contract.ts';
import { drawEvent, drawStderr, drawText } from './draw.ts';
import { createLineSplitter, type LineSplitter } from './lines.ts';
import { createSaid } from './said.ts';
import type { Screen } from './screen.ts';
import type { Status } from './status.ts';
import type { Transcript } from './transcript.ts';

export interface TurnOutputOptions {
  reader: HarnessReader;
  screen: Screen;
  transcript: Transcript;
  status: Status;
  /** The harness said that its turn is over. */
  onOver(): void;
}

export interface TurnOutput {
  stdout(chunk: Buffer): Promise<void>;
  stderr(chunk: Buffer): Promise<void>;
  /** Takes last lines without a newline, and tells what the answer is made of. `lastWords`: the last line of stderr. */
  finish(): Pick<TurnResult, 'said' | 'conversation' | 'usage' | 'error'> & { lastWords: string };
}

type Seen = Pick<TurnResult, 'conversation' | 'usage' | 'error'>;

/** Half of what `said` holds, so that the longest line leaves room for others. */
const longestLine = 32 * 1024;

export function createTurnOutput({ reader, screen, transcript, status, onOver }: TurnOutputOptions): TurnOutput {
  const said = createSaid();
  const out = createLineSplitter();
  const err = createLineSplitter();
  const seen: Seen = { conversation: null, usage: null, error: null };
  let lastWords = '';

  const onText = (text: string) => {
    // A leading tab is an indented code block to readSignals; `clean` would make it two spaces, which is none.
    const cleaned = clean(text.replace(/^\t/gm, '    '), { colour: true, lines: true, maxLine: longestLine });
    const plain = cleaned.replace(/\u001b\[[\d;:]*m/g, '');
    said.add(plain);
    drawText(screen, cleaned);
    transcript.write({ type: 'text', text: cleaned });
    const line = lastLineOf(plain);
    status.set({ lastOutputAt: new Date().toISOString(), ...(line && { lastLine: line }) });
  };
  const onEvent = (event: HarnessEvent) => {
    if (event.type === 'text') return onText(event.text);
    drawEvent(screen, event);
    transcript.write(cleanEvent(event));
    status.set({ lastOutputAt: new Date().toISOString() });
    if (event.type === 'conversation') seen.conversation = event.id;
    else if (event.type === 'usage') seen.usage = event.usage;
    else if (event.type === 'error') seen.error = { class: event.class, message: clean(event.message) };
    else if (event.type === 'ended') onOver();
  };
  const onLines = (lines: string[]) => {
    for (const event of joinText(lines.flatMap((line) => readLine(reader, line)))) onEvent(event);
  };
  const onErrLines = (lines: string[]) => {
    if (lines.length === 0) return;
    const text = clean(lines.join('\n'), { lines: true });
    drawStderr(screen, text);
    transcript.write({ type: 'stderr', text });
    lastWords = lastLineOf(text) || lastWords;
    status.set({ lastOutputAt: new Date().toISOString() });
  };
  const through = (splitter: LineSplitter, take: (lines: string[]) => void) => async (chunk: Buffer) => {
    take(splitter.push(chunk));
    await screen.ready();
    await transcript.ready();
  };

  return {
    stdout: through(out, onLines),
    stderr: through(err, onErrLines),
    finish() {
      onLines(out.end());
      onErrLines(err.end());
      return { ...seen, said: said.text(), lastWords };
    },
  };
}

function readLine(reader: HarnessReader, line: string): HarnessEvent[] {
  try {
    return reader.read(line);
  } catch (error) {
    return [{ type: 'error', class: 'protocol', message: `not understood: ${messageOf(error)}`, resetAt: null }];
  }
}

/** Texts that follow each other become one: cleaning and drawing a thousand lines at once costs little more than one. */
function joinText(events: HarnessEvent[]): HarnessEvent[] {
  const joined: HarnessEvent[] = [];
  let texts: string[] = [];
  const flush = () => {
    if (texts.length > 0) joined.push({ type: 'text', text: texts.join('\n') });
    texts = [];
  };
  for (const event of events) {
    if (event.type === 'text') texts.push(event.text);
    else {
      flush();
      joined.push(event);
    }
  }
  flush();
  return joined;
}

function cleanEvent(event: Exclude<HarnessEvent, { type: 'text' }>): HarnessEvent {
  if (event.type === 'tool') return { ...event, summary: clean(event.summary) };
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

// Draws a transcript for a person, in the worker's pane as it comes and in `oompa log` from its file: what is asked, what the agent
// says, its tools folded to a line, how it ended.
import { clean } from '../core/clean.ts';
import type { TurnResult } from '../core/turn.ts';
import { usageLabel } from '../core/usage.ts';
import { createMarkdownBlocks } from './markdown-blocks.ts';
import type { Screen } from './screen.ts';
import type { TranscriptEntry } from './transcript.ts';

export interface Drawing {
  /** Entries that a person has no use for draw nothing. Markdown is drawn block by block, as blocks are complete. */
  draw(entry: TranscriptEntry, at?: Date): void;
  /** Draws what Markdown waits for its block to be complete. */
  flush(): void;
  /** Loads what renders Markdown, which costs a runner's start too much. Until it is there, Markdown is drawn as it is written. */
  loadMarkdown(): Promise<void>;
}

type EntryOf<T extends TranscriptEntry['type']> = Extract<TranscriptEntry, { type: T }>;
type Drawers = { [T in TranscriptEntry['type']]?: (entry: EntryOf<T>, at: Date) => void };

/** Rows longer than this are cut on the screen; the transcript has more of them. */
const widest = 2_000;

/** What may come in the middle of what the agent says, and does not end it. */
const asides: ReadonlySet<string> = new Set(['raw', 'stderr', 'note']);

export function createDrawing(screen: Screen): Drawing {
  const blocks = createMarkdownBlocks();
  let render: typeof import('./markdown.ts').renderMarkdown | null = null;
  /** The latest thing drawn is the end of a message. */
  let said = false;
  const { colour } = screen;

  const print = (text: string) => screen.print(clean(text, { colour, lines: true, maxLine: widest }));
  const drawBlocks = (texts: readonly string[]) => {
    for (const text of texts) print(render?.(text, { colour, columns: screen.columns() }) ?? text.trimEnd());
  };
  const flush = () => drawBlocks(blocks.end());
  const drawMarkdown = ({ text, more }: EntryOf<'text'>) => {
    if (said) screen.print('');
    drawBlocks(blocks.add(clean(text, { lines: true, maxLine: widest })));
    if (!more) flush();
    said = !more;
  };
  // Tools are said when they start, with what an edit changes, and again only when they fail: an ended line cannot be redrawn.
  const drawers: Drawers = {
    'turn-started': ({ turn, kind, attempt, model }, at) => {
      const again = attempt > 1 ? `, attempt ${attempt}` : '';
      screen.print('');
      screen.bold(`--- ${turn} (${kind}${again}) ${clean(model, { maxLine: 80 })} ${timeLabel(at)} ---`);
    },
    text: (entry) => (entry.markdown ? drawMarkdown(entry) : print(entry.text)),
    stderr: ({ text }) => screen.dim(clean(text, { lines: true, maxLine: widest })),
    note: ({ text }) => screen.dim(`operator: ${clean(text, { lines: true })}`),
    tool: ({ phase, summary, ok, diff }) => {
      const line = clean(summary, { maxLine: 200 });
      if (phase === 'started') screen.dim(`> ${line}`);
      else if (ok === false) screen.dim(`x ${line} failed`);
      if (diff) screen.diff(clean(diff, { lines: true, maxLine: 200 }));
    },
    notice: ({ text }) => screen.dim(`! ${clean(text)}`),
    error: ({ class: kind, message, resetAt }) =>
      screen.bold(`! ${kind}: ${clean(message)}${resetAt ? ` (until ${clean(resetAt)})` : ''}`),
    'turn-ended': (result) => screen.bold(`--- ${result.turn} ${clean(endLabel(result))} ---`),
  };

  return {
    flush,
    draw(entry, at = new Date()) {
      if (entry.type !== 'text' && !asides.has(entry.type)) {
        flush();
        if (drawers[entry.type]) said = false;
      }
      (drawers[entry.type] as ((entry: TranscriptEntry, at: Date) => void) | undefined)?.(entry, at);
    },
    async loadMarkdown() {
      // A build that took its place may have taken the file: that is worth no turn.
      render ??= (await import('./markdown.ts').catch(() => null))?.renderMarkdown ?? null;
    },
  };
}

function endLabel({
  outcome,
  signal,
  exitCode,
  durationMs,
  usage,
  error,
}: Omit<TurnResult, 'said' | 'worker'>): string {
  const how = signal ? `signal ${signal}` : exitCode === null ? null : `exit ${exitCode}`;
  const parts = [
    outcome,
    how,
    duration(durationMs),
    usage && usageLabel(usage),
    error && `${error.class}: ${error.message}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The time of day, and the day where it is not today's. */
function timeLabel(at: Date): string {
  const time = at.toTimeString().slice(0, 8);
  if (at.toDateString() === new Date().toDateString()) return time;
  const [month, day] = [at.getMonth() + 1, at.getDate()].map((each) => String(each).padStart(2, '0'));
  return `${at.getFullYear()}-${month}-${day} ${time}`;
}

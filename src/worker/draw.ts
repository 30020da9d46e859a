// Draws a turn for a person who looks at the pane: what is asked, what the agent says, its tools folded to a line, how it ended.
import { clean } from '../core/clean.ts';
import type { Turn, TurnResult } from '../core/turn.ts';
import type { HarnessEvent } from '../harnesses/contract.ts';
import type { Screen } from './screen.ts';

/** Rows longer than this are cut on the screen; the transcript has more of them. */
const widest = 2_000;

export function drawStart(screen: Screen, turn: Turn, attempt: number): void {
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  screen.print('');
  screen.bold(`--- ${turn.turn} (${turn.kind}${again}) ${clean(turn.model, { maxLine: 80 })} ${clockTime()} ---`);
}

/** Text of the agent, already cleaned, colour kept. */
export function drawText(screen: Screen, text: string): void {
  screen.print(clean(text, { colour: true, lines: true, maxLine: widest }));
}

/** What the harness says aside, already cleaned. */
export function drawStderr(screen: Screen, text: string): void {
  screen.dim(text);
}

/** Tools are said when they start, with what an edit changes, and again only when they fail: an ended line cannot be redrawn. */
export function drawEvent(screen: Screen, event: Exclude<HarnessEvent, { type: 'text' }>): void {
  if (event.type === 'tool') {
    const summary = clean(event.summary, { maxLine: 200 });
    if (event.phase === 'started') screen.dim(`> ${summary}`);
    else if (event.ok === false) screen.dim(`x ${summary} failed`);
    if (event.diff) screen.diff(clean(event.diff, { lines: true, maxLine: 200 }));
  } else if (event.type === 'notice') {
    screen.dim(`! ${clean(event.text)}`);
  } else if (event.type === 'error') {
    const until = event.resetAt ? ` (until ${clean(event.resetAt)})` : '';
    screen.bold(`! ${event.class}: ${clean(event.message)}${until}`);
  }
}

export function drawEnd(screen: Screen, result: TurnResult): void {
  const how = result.signal ? `signal ${result.signal}` : result.exitCode === null ? null : `exit ${result.exitCode}`;
  const parts = [
    result.outcome,
    how,
    duration(result.durationMs),
    usage(result),
    result.error && `${result.error.class}: ${result.error.message}`,
  ];
  screen.bold(`--- ${result.turn} ${parts.filter(Boolean).join(', ')} ---`);
}

function usage({ usage }: TurnResult): string | null {
  if (!usage) return null;
  const cost = usage.costUsd === null ? '' : `, $${usage.costUsd.toFixed(2)}`;
  return `${usage.inputTokens} tokens in, ${usage.outputTokens} out${cost}`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function clockTime(): string {
  return new Date().toTimeString().slice(0, 8);
}

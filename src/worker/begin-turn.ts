// The frame around every turn, however it is driven: its beginning told, and its result made and told.
import type { TurnResult } from '../core/turn.ts';
import { createDrawing } from './drawing.ts';
import type { TurnRun } from './drive.ts';
import type { TranscriptEntry } from './transcript.ts';

/** What a drive finds out about a turn. */
export type Judged = Omit<TurnResult, 'turn' | 'worker' | 'attempt' | 'startedAt' | 'durationMs'>;

export interface Begun {
  /** Puts an entry into the transcript and draws it. */
  show(entry: TranscriptEntry): void;
  loadMarkdown(): Promise<void>;
  /** Makes the result, and tells it. */
  finish(judged: Judged): TurnResult;
}

/** Tells that the turn begins. */
export function beginTurn({ turn, attempt, screen, transcript, status }: TurnRun): Begun {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const drawing = createDrawing(screen);
  const show = (entry: TranscriptEntry) => {
    transcript.write(entry);
    drawing.draw(entry);
  };
  show({ type: 'turn-started', turn: turn.turn, attempt, kind: turn.kind, model: turn.model });
  status.set({
    activity: 'working',
    turn: turn.turn,
    attempt,
    since: startedAt,
    lastOutputAt: null,
    lastLine: '',
    source: 'runner',
  });
  return {
    show,
    loadMarkdown: drawing.loadMarkdown,
    finish(judged) {
      const durationMs = Math.round(performance.now() - startedMs);
      const result = { turn: turn.turn, worker: turn.worker, attempt, ...judged, startedAt, durationMs };
      const { said: _said, worker: _worker, ...kept } = result;
      show({ type: 'turn-ended', ...kept });
      return result;
    },
  };
}

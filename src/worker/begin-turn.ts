// The frame around every turn, however it is driven: its beginning told, and its result made and told.
import type { TurnResult } from '../core/turn.ts';
import { drawEnd, drawStart } from './draw.ts';
import type { TurnRun } from './drive.ts';

/** What a drive finds out about a turn. */
export type Judged = Omit<TurnResult, 'turn' | 'worker' | 'attempt' | 'startedAt' | 'durationMs'>;

/** Tells that the turn begins. Returns what makes its result and tells that. */
export function beginTurn({ turn, attempt, screen, transcript, status }: TurnRun): (judged: Judged) => TurnResult {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  drawStart(screen, turn, attempt);
  transcript.write({ type: 'turn-started', turn: turn.turn, attempt, kind: turn.kind, model: turn.model });
  status.set({
    activity: 'working',
    turn: turn.turn,
    attempt,
    since: startedAt,
    lastOutputAt: null,
    lastLine: '',
    source: 'runner',
  });
  return (judged) => {
    const durationMs = Math.round(performance.now() - startedMs);
    const result = { turn: turn.turn, worker: turn.worker, attempt, ...judged, startedAt, durationMs };
    drawEnd(screen, result);
    const { said: _said, worker: _worker, ...kept } = result;
    transcript.write({ type: 'turn-ended', ...kept });
    return result;
  };
}

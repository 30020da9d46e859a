// The contract of a drive: a way to run turns of a harness.
import type { Turn, TurnResult } from '../core/turn.ts';
import type { Paths } from '../disk/paths.ts';
import type { Screen } from './screen.ts';
import type { Status } from './status.ts';
import type { Transcript } from './transcript.ts';

export interface TurnRun {
  turn: Turn;
  attempt: number;
  paths: Paths;
  environment: NodeJS.ProcessEnv;
  graceMs: number;
  screen: Screen;
  transcript: Transcript;
  status: Status;
}

export interface RunningTurn {
  /** Never rejects. */
  readonly result: Promise<TurnResult>;
  /** Ends the harness's work politely; the result's outcome is `stopped`. */
  stop(): void;
  kill(): void;
}

export interface Drive {
  run(run: TurnRun): RunningTurn;
  /** Ends what lives on between turns. */
  close(): Promise<void>;
}

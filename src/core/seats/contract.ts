// What a kind of seat says for itself: who of it gets a turn now, and what the end of a turn means.
import type { Draft } from '../draft.ts';
import type { EffectOf } from '../effect.ts';
import type { EventOf } from '../event.ts';
import type { NextTurn, Worker } from '../state.ts';

export interface Beginning extends Pick<EffectOf<'turn.send'>, 'kind' | 'note' | 'suggested' | 'review'> {
  /** The commit that the worktree must stand at first, and why; null: the turn goes on with what is there. */
  fresh: { base: string; why: string } | null;
}

/** Starts a turn, or first what it needs; false when limits or a budget keep the worker from it. */
export type Begin = (worker: Worker, turn: Beginning) => boolean;

export interface Life {
  /** Hands out turns to those of `ready`. Asked after every event. */
  offer(draft: Draft, ready: readonly Worker[], begin: Begin): void;
  /** A turn came to its good end; the worker is at rest. */
  heed(draft: Draft, event: EventOf<'turn.ended'>, turn: EndedTurn): void;
  /** A turn did not come to its end. `why` is null when that was nobody's fault; `next` is the same turn once more. */
  cutOff(draft: Draft, worker: string, turn: EndedTurn, next: NextTurn, why: string | null): void;
  /** The worker is given up after this turn. */
  giveUp(draft: Draft, worker: string, why: string): void;
}

export type EndedTurn = NonNullable<Worker['turn']>;

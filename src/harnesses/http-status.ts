// What an HTTP status of a model's provider means for a turn.
import type { TurnErrorClass } from '../core/turn.ts';

/** The class of a failed call; null for a status that says nothing of the kind. */
export function classOfStatus(status: number): TurnErrorClass | null {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate_limit';
  if (status === 408 || status >= 500) return 'provider';
  return status >= 400 ? 'protocol' : null;
}

/** The instant after `seconds`, as ISO 8601; null without a number. */
export function resetAfter(seconds: number): string | null {
  return seconds > 0 ? resetAt(Date.now() / 1_000 + seconds) : null;
}

/** Epoch seconds as ISO 8601; null for what is no instant of this era. */
export function resetAt(seconds: number): string | null {
  return seconds > 1e9 && seconds < 1e11 ? new Date(seconds * 1_000).toISOString() : null;
}

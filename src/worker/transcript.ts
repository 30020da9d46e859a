// Writes workers/<id>/transcript.jsonl: what was seen in the worker's turns, one JSON line each, bounded by rotation to `.1`.
import { appendFile, stat } from 'node:fs/promises';
import { clean } from '../core/clean.ts';
import { messageOf } from '../core/errors.ts';
import type { TurnKind, TurnResult } from '../core/turn.ts';
import { renameChecked } from '../disk/durable.ts';
import type { HarnessEvent } from '../harnesses/contract.ts';

/** A line of a transcript, before it gets its `at`. Text is cleaned; text of the agent may hold SGR colour. */
export type TranscriptEntry =
  | { type: 'turn-started'; turn: string; attempt: number; kind: TurnKind; model: string }
  | Exclude<HarnessEvent, { type: 'text' }>
  | (Extract<HarnessEvent, { type: 'text' }> & { markdown?: boolean })
  /** A line of the harness as it came, cleaned and bounded, before the events that were read from it. */
  | { type: 'raw'; line: string }
  | { type: 'stderr'; text: string }
  | { type: 'note'; text: string }
  | ({ type: 'turn-ended' } & Omit<TurnResult, 'said' | 'worker'>);

export interface Transcript {
  write(entry: TranscriptEntry): void;
  /** Resolves when the disk has caught up enough to take more. */
  ready(): Promise<void>;
  flush(): Promise<void>;
}

export interface TranscriptOptions {
  /** Size at which the file becomes `.1` (replacing the older one). Default 8 MiB. */
  maxBytes?: number;
  /** Told once when the transcript cannot be written; turns go on without it. */
  onTrouble?: (message: string) => void;
}

const waitingLimit = 1024 * 1024;

export function createTranscript(
  path: string,
  { maxBytes = 8 * 1024 * 1024, onTrouble }: TranscriptOptions = {},
): Transcript {
  let waiting = '';
  let writing: Promise<void> | null = null;
  let size: number | null = null;
  let troubled = false;

  const writeOut = async () => {
    while (waiting !== '') {
      const batch = Buffer.from(waiting);
      waiting = '';
      try {
        size ??= (await stat(path).catch(() => null))?.size ?? 0;
        if (size > 0 && size + batch.length > maxBytes) {
          await renameChecked(path, `${path}.1`, { sync: false });
          size = 0;
        }
        await appendFile(path, batch, { mode: 0o600 });
        size += batch.length;
      } catch (error) {
        size = null;
        if (!troubled) onTrouble?.(clean(messageOf(error)));
        troubled = true;
      }
    }
    writing = null;
  };

  return {
    write(entry) {
      waiting += `${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`;
      writing ??= writeOut();
    },
    ready: async () => (waiting.length > waitingLimit ? (writing ?? undefined) : undefined),
    flush: async () => writing ?? undefined,
  };
}

// A harness that lives in the pane: its terminal UI with hooks of ours, opened for a turn and kept for the next ones.
import type { Readable, Writable } from 'node:stream';
import { Refusal } from '../../core/errors.ts';
import type { Turn } from '../../core/turn.ts';
import type { Interactive } from '../../harnesses/contract.ts';
import type { TurnRun } from '../drive.ts';
import { launchOf, writeLaunchFiles } from '../launch.ts';
import { fitsArgument } from './deliver.ts';
import { type DropBox, makeDropBox } from './drop-box.ts';
import { createTail, type Tail } from './tail.ts';
import { openTui, type Tui } from './tui.ts';

export interface Guest {
  readonly tui: Tui;
  readonly box: DropBox;
  readonly harness: Interactive;
  conversation: string | null;
  /** It works on a prompt, ours or a person's. */
  busy: boolean;
  readonly tail: Tail | null;
  /** Where it writes its conversation. */
  follow(path: string): void;
  /** Whether it can take this turn: same model, permissions and worktree, and the same conversation. */
  fits(turn: Turn): boolean;
  /** What its title and screen tell. */
  look(): ReturnType<Interactive['look']>;
  close(): Promise<void>;
}

export interface GuestOptions {
  input: Readable;
  output: Writable;
  /** A note may have come. */
  onHint(): void;
  /** A person pressed keys. */
  onKeys(): void;
  onExit(): void;
}

/** Opens it with the prompt of the turn, where that fits. Throws a Refusal for a model that cannot be used, and EffectError `spawn-failed`. */
export async function openGuest(run: TurnRun, options: GuestOptions): Promise<Guest> {
  const { turn, paths, graceMs } = run;
  const { conversation, permissions, prompt } = turn;
  const { harness, tag, request } = launchOf(run);
  const interactive = await harness.interactive?.();
  if (!interactive)
    throw new Refusal(`${harness.name} has no terminal UI that oompa can drive`, {
      hint: 'leave out "drive": "interactive"',
    });
  const box = await makeDropBox(paths.hooks(turn.worker));
  const { env, ...opening } = interactive.open({
    ...request,
    prompt: fitsArgument(prompt) ? prompt : null,
    permissions,
    hook: box.hook,
  });
  writeLaunchFiles(request.folder, opening);
  const tui = await openTui({ opening, env: { ...request.environment, ...env }, tag, graceMs, ...options });
  const unwatch = box.onHint(options.onHint);
  const kind = kindOf(turn);
  let tail: Tail | null = null;
  let tailPath = '';
  const guest: Guest = {
    tui,
    box,
    harness: interactive,
    conversation,
    busy: false,
    get tail() {
      return tail;
    },
    follow(path) {
      if (path === tailPath) return;
      tail = createTail(path);
      tailPath = path;
    },
    fits(other) {
      return tui.exit === null && kindOf(other) === kind && guest.conversation === other.conversation;
    },
    look: () => interactive.look(tui.sight()),
    async close() {
      unwatch();
      await tui.close();
    },
  };
  return guest;
}

function kindOf({ model, permissions, cwd }: Turn): string {
  return JSON.stringify([model, permissions, cwd]);
}

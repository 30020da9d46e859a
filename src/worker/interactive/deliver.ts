// Gets a prompt into the harness's input box and makes sure that it was taken: never into a person's draft, and never into a dialogue.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ask } from '../../core/turn.ts';
import type { Tui } from './tui.ts';

/** Linux takes 128 KiB in one argument; a prompt up to here goes in with the start. */
const longestArgument = 64 * 1024;

export function fitsArgument(prompt: string): boolean {
  return Buffer.byteLength(prompt) <= longestArgument;
}

export interface Delivery {
  /** What is to be pasted; null when it came with the start of the harness. */
  prompt: string | null;
  tui: Tui;
  quotesPastes: boolean;
  /** Whether the harness works on something, such as a person's own prompt. */
  isBusy(): boolean;
  /** Whether it took the prompt, or there is nothing to wait for any more. */
  isPrompted(): boolean;
  look(): 'working' | 'idle' | 'needs-you' | null;
  raise(kind: Ask['kind'], text: string): void;
  closeAsks(kind: Ask['kind']): void;
}

const beatMs = 100;
/** Enter within the burst of a paste is taken for a new line; a long paste takes longer to be drawn. */
const settleMs = (text: string) => Math.min(2_000, 300 + Math.ceil(text.length / 512) * 25);
/** How long one Enter may take to be noticed, how often it is pressed again, and after how long a person is asked to look. */
const noticeMs = 2_500;
const mostEnters = 3;
const startMs = 30_000;
/** The same for a harness that has shown nothing yet: on a busy machine some take long to start. */
const blankMs = 120_000;

/** Resolves when the prompt was taken, or the turn is over. */
export async function deliverPrompt(delivery: Delivery): Promise<void> {
  const { prompt, tui, isPrompted, raise, closeAsks } = delivery;
  let enters = 0;
  if (prompt !== null) {
    await untilFree(delivery);
    if (isPrompted()) return;
    await insert(tui, prompt, delivery.quotesPastes);
    enters = 1;
  }
  const begun = performance.now();
  let pressed = begun;
  while (!isPrompted() && !tui.exit) {
    await sleep(beatMs);
    const now = performance.now();
    const sees = now - pressed > noticeMs ? delivery.look() : null;
    if (enters > 0 && enters <= mostEnters && sees === 'idle') {
      tui.press('Enter');
      enters += 1;
      pressed = now;
    } else if (sees === 'needs-you' || now - begun > (isBlank(tui) ? blankMs : startMs)) {
      raise('dialog', screenText(tui));
      while (!isPrompted() && !tui.exit) await sleep(beatMs);
    }
  }
  closeAsks('dialog');
}

/** Waits until it is idle and its input box is empty. A draft that stays there is a person's to send or to clear. */
async function untilFree({ tui, isBusy, isPrompted, look, raise, closeAsks }: Delivery): Promise<void> {
  let since = performance.now();
  let raised = false;
  while (!isPrompted() && !tui.exit) {
    const inTheWay = tui.keyboard.draft || look() === 'needs-you';
    if (!inTheWay && !isBusy()) break;
    if (!inTheWay) since = performance.now();
    else if (!raised && performance.now() - since > 2_000) {
      raised = true;
      raise(
        tui.keyboard.draft ? 'draft' : 'dialog',
        tui.keyboard.draft
          ? 'your unsent text is where its next prompt belongs: send it, or clear it with Ctrl-C'
          : screenText(tui),
      );
    }
    await sleep(beatMs);
  }
  closeAsks('draft');
  closeAsks('dialog');
}

/** Where pastes are quoted the first line goes in for itself, so that the model reads who speaks. */
async function insert(tui: Tui, prompt: string, quoted: boolean): Promise<void> {
  const end = quoted ? prompt.indexOf('\n') : -1;
  tui.paste(end < 0 ? prompt : prompt.slice(0, end));
  if (end >= 0) {
    await sleep(settleMs(''));
    tui.paste(prompt.slice(end));
  }
  await sleep(settleMs(prompt));
  tui.press('Enter');
}

function isBlank(tui: Tui): boolean {
  return tui.sight().rows.every((row) => row.trim() === '');
}

/** What stands at the end of the screen, as one line. */
export function screenText(tui: Tui): string {
  const rows = tui
    .sight()
    .rows.map((row) =>
      row
        .replace(/[\u2500-\u259f]+/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((row) => /\p{L}/u.test(row));
  return rows.length === 0 ? 'it shows nothing yet' : `its screen says: ${rows.slice(-6).join(' · ')}`;
}

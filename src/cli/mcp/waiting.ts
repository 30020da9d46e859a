// `mail_wait`: bounded, cancelled with its request, and a sign of life now and then for clients that give up on silent tools.
import { waitFor } from '../commands/mail/waiting.ts';
import { messageOf } from '../mail-actions.ts';
import { shown } from './shown.ts';
import type { Call } from './tool.ts';

/** Seconds. */
export const longestWait = 300;
const progressMs = 5_000;

export async function waitForMail(
  { seconds, ...options }: { seconds: number } & Readonly<Record<string, unknown>>,
  { room, signal, progress }: Call,
): Promise<string> {
  const began = performance.now();
  const passed = () => Math.min(seconds, Math.round((performance.now() - began) / 1_000));
  const timer = progress && setInterval(() => void progress(passed(), seconds).catch(() => {}), progressMs);
  try {
    const entry = await waitFor(room, options, seconds * 1_000, signal);
    if (!entry) return `no such mail came in ${seconds} s`;
    const message = await messageOf(room, entry);
    // Nobody reads this answer any more: it must not pass for read.
    if (signal.aborted) await room.life.giveBack(room.address, entry.heading.id, 'who waited for it was gone');
    return shown(entry, message);
  } finally {
    clearInterval(timer ?? undefined);
  }
}

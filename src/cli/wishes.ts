// Sends what the operator wants to `lead`, and waits for what comes of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { clean } from '../core/clean.ts';
import { exitCodes, Refusal } from '../core/errors.ts';
import type { State } from '../core/state.ts';
import { fold } from '../core/transition.ts';
import type { Wish } from '../core/wish.ts';
import { followJournal } from '../disk/journal-follow.ts';
import type { Paths } from '../disk/paths.ts';
import { createPost } from '../mail/post.ts';
import { type Latest, liveSupervisor, needLatest } from './workspace.ts';

/**
 * Delivers a wish; it is durable when this resolves, whether or not a supervisor runs. Throws a Refusal in the environment of an agent: what
 * the operator decides is never an agent's to say.
 */
export async function sendWish(paths: Paths, wish: Wish): Promise<string> {
  const { OOMPA_WORKER: agent } = process.env;
  if (agent)
    throw new Refusal(`${wish.wish} is for the operator to say, not for ${clean(agent).slice(0, 80)}`, {
      hint: 'ask for it: oompa mail send --to operator',
      exitCode: exitCodes.noperm,
    });
  const draft = {
    from: 'operator',
    to: ['lead'],
    subject: wish.wish,
    body: JSON.stringify(wish),
    type: 'wish' as const,
  };
  return (await createPost({ root: paths.mail }).deliver(draft)).id;
}

/** Sends a wish and waits until `lead` has judged it. Gives the state right after. Refuses when no supervisor runs. */
export async function askLead(paths: Paths, wish: Wish, withinMs = 15_000): Promise<{ before: Latest; after: State }> {
  const before = needLatest(paths);
  if (!liveSupervisor(paths)) {
    throw new Refusal('the supervisor is not running', {
      hint: 'start it: oompa tui, or oompa run --detach',
      exitCode: exitCodes.unavailable,
    });
  }
  const id = await sendWish(paths, wish);
  let state = before.state;
  const stop = followJournal(
    paths.journal(before.swarm),
    (lines) => {
      for (const line of lines) if (!state.handled.includes(id)) state = fold([line], state);
    },
    { from: before.end },
  );
  try {
    for (const deadline = performance.now() + withinMs; !state.handled.includes(id); await sleep(10)) {
      if (performance.now() > deadline) {
        throw new Refusal('the supervisor did not answer in time; the wish stays in its mailbox', {
          exitCode: exitCodes.tempfail,
        });
      }
    }
  } finally {
    stop();
  }
  return { before, after: state };
}

// Ends what an earlier attempt of a turn left running, before the next attempt works in the same worktree.
import { clean } from '../core/clean.ts';
import { messageOf } from '../core/errors.ts';
import { type Turn, turnTag } from '../core/turn.ts';
import { sweepTagged } from '../disk/process.ts';
import type { Screen } from './screen.ts';

export async function sweepTurn(turn: Turn, graceMs: number, screen: Screen): Promise<void> {
  try {
    const ended = await sweepTagged('OOMPA_TURN', turnTag(turn), { graceMs });
    if (ended.length > 0)
      screen.dim(`ended ${ended.length} process${ended.length > 1 ? 'es' : ''} of the attempt before`);
  } catch (error) {
    screen.bold(`! ${clean(messageOf(error))}`);
  }
}

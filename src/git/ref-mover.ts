// Moves refs of the user's repository that are oompa's own, through one git that stays.
import type { Place } from './run.ts';
import { createTalk } from './talk.ts';

export interface RefMover {
  /** Sets `ref` to `commit`: false when git did not, for whatever reason; it is to be asked again by itself then. */
  move(ref: string, commit: string): Promise<boolean>;
  close(): void;
}

export function createRefMover(theirs: Place): RefMover {
  const talk = createTalk(theirs, ['update-ref', '-m', 'oompa', '--stdin']);
  return {
    move: (ref, commit) =>
      talk.ask(`start\nupdate ${ref} ${commit}\ncommit\n`, 'commit: ok\n').then(
        () => true,
        () => false,
      ),
    close: talk.close,
  };
}

// The clock of the screen: moves when an age that is shown reads differently, so an idle screen is not drawn again.
import { untilNextAge } from '../age.ts';
import type { Face } from '../store.ts';
import { visibleChanges, visibleWorkers } from '../visible.ts';
import { loop, type Tell } from './index.ts';

const mostMs = 60_000;

export function watchAges(face: Face, tell: Tell): () => void {
  const beat = loop(
    async () => tell(() => ({ now: face.clock.wall() })),
    () => {
      const view = face.view();
      const now = face.clock.wall();
      const shown = [...visibleWorkers(view), ...visibleChanges(view)];
      return shown.reduce((least, { since }) => Math.min(least, untilNextAge(since, now)), mostMs);
    },
  );
  const forget = face.store.subscribe((view, before) => {
    if (view.state !== before.state || view.tops !== before.tops) beat.hurry();
  });
  return () => {
    forget();
    beat.close();
  };
}

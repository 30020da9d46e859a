// The clock of the screen: moves when an age that is shown reads differently, so an idle screen is not drawn again.
import { untilNextAge, untilNextLeft } from '../age.ts';
import type { Face } from '../store.ts';
import { visibleChanges, visibleMail, visibleWorkers } from '../visible.ts';
import { loop, type Tell } from './index.ts';

const mostMs = 60_000;

export function watchAges(face: Face, tell: Tell): () => void {
  const beat = loop(
    async () => tell(() => ({ now: face.clock.wall() })),
    () => {
      const view = face.view();
      const now = face.clock.wall();
      const mail = visibleMail(view);
      const ages = [...visibleWorkers(view), ...visibleChanges(view)].map(({ since }) => since);
      const deadlines = mail.flatMap(({ question }) => question?.deadline ?? []);
      return Math.min(
        mostMs,
        ...[...ages, ...mail.map(({ at }) => at)].map((since) => untilNextAge(since, now)),
        ...deadlines.map((until) => untilNextLeft(until, now)),
      );
    },
  );
  const forget = face.store.subscribe((view, before) => {
    const isSame = view.state === before.state && view.tops === before.tops && view.mail === before.mail;
    if (!isSame || view.right !== before.right) beat.hurry();
  });
  return () => {
    forget();
    beat.close();
  };
}

// The eyes of the face: all that it looks at by itself while it runs. Each is a loop that looks less when less happens.

import type { JournalLine } from '../../core/event.ts';
import { fold } from '../../core/transition.ts';
import { createNews, type News } from '../news.ts';
import type { Face } from '../store.ts';
import type { View } from '../view.ts';
import { watchAges } from './ages.ts';
import { watchDocuments } from './documents.ts';
import { watchMail } from './mail.ts';
import { watchScreen } from './screen.ts';
import { watchWorkers } from './workers.ts';

/** Tells the view; drawn at once when it was quiet, else with the next of ten frames a second. */
export type Tell = News<View>['tell'];

/** Opens the eyes; the function that comes back closes them. */
export function openEyes(face: Face): () => void {
  const news = createNews<View>((change) => face.update(change));
  const closing = [
    face.ports.journal((lines) => tellLines(news.tell, lines, face)),
    watchAges(face, news.tell),
    watchWorkers(face, news.tell),
    watchScreen(face, news.tell),
    watchDocuments(face, news.tell),
    watchMail(face, news.tell),
  ];
  return () => {
    for (const close of closing) close();
    news.stop();
  };
}

function tellLines(tell: Tell, lines: readonly JournalLine[], face: Face): void {
  if (lines.length > 0) tell(({ state }) => ({ state: fold(lines, state), now: face.clock.wall() }));
}

/** Runs `look` again and again, `waitMs()` after the last one ended. Trouble in one look is none of the next. */
export function loop(look: () => Promise<void>, waitMs: () => number): { hurry(): void; close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let closed = false;
  const run = async () => {
    timer = undefined;
    looking = true;
    await look().catch(() => {});
    looking = false;
    if (!closed) timer = setTimeout(run, waitMs());
  };
  timer = setTimeout(run, 0);
  return {
    hurry: () => {
      if (looking || closed) return;
      clearTimeout(timer);
      timer = setTimeout(run, 0);
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

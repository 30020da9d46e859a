// Looks at the pane of the selected worker while it is shown: often while it changes, ever more seldom while it does not.
import type { Size } from '../ports.ts';
import { insideOf, layoutOf } from '../settle.ts';
import type { Face } from '../store.ts';
import type { View } from '../view.ts';
import { showsPane } from '../visible.ts';
import { loop, type Tell } from './index.ts';

const fastMs = 150;
const attachedMs = 60;
const slowMs = 2_000;

export function watchScreen(face: Face, tell: Tell): () => void {
  let waitMs = fastMs;
  const beat = loop(
    async () => {
      const view = face.view();
      const worker = shownWorker(view);
      if (!worker) return;
      const rows = await face.ports.screen(worker, roomOf(view));
      const before = face.view().screen;
      const isSame =
        before?.worker === worker &&
        before.rows?.join('\n') === rows?.join('\n') &&
        (before.rows === null) === (rows === null);
      waitMs = isSame ? Math.min(slowMs, waitMs * 1.5) : fastMs;
      if (!isSame) tell(() => ({ screen: { worker, rows } }));
    },
    () => (face.view().mode.kind === 'attached' ? attachedMs : shownWorker(face.view()) ? waitMs : slowMs),
  );
  // Another worker, another turn, a key into the pane: look at once.
  const forget = face.store.subscribe((view, before) => {
    if (markOf(view) === markOf(before)) return;
    waitMs = fastMs;
    beat.hurry();
  });
  return () => {
    forget();
    beat.close();
  };
}

function shownWorker(view: View): string | null {
  if (view.mode.kind === 'attached') return view.mode.worker;
  return showsPane(view) ? view.picks.workers.id : null;
}

function markOf(view: View): string {
  const worker = view.state.workers[view.picks.workers.id ?? ''];
  return `${shownWorker(view)} ${worker?.pane} ${worker?.turn?.id} ${worker && view.live[worker.id]?.lastOutputAt} ${view.mode.kind}`;
}

function roomOf(view: View): Size {
  if (view.mode.kind === 'attached') return { cols: view.size.cols - 4, rows: insideOf(view.size.rows - 2) };
  const place = layoutOf(view).panels.right;
  return { cols: (place?.width ?? 4) - 4, rows: insideOf(place?.height) };
}

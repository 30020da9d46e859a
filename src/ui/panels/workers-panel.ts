// Panel 1: the workers, one line each.
import { countsIn, workerList } from '../lists.ts';
import { workerRow } from '../rows/worker-row.ts';
import { emptyRows, framed, type PanelRows } from './panel.ts';

export const workersPanel: PanelRows = (view, place) => {
  const { state, theme, picks } = view;
  const list = workerList(state);
  const top = view.tops.workers ?? 0;
  const width = place.width - 4;
  const focused = view.focus === 'workers';
  const shown = list.slice(top, top + place.height - 2);
  const idWidth = shown.reduce((most, { id }) => Math.max(most, Math.min(10, id.length)), 2);
  const inner = shown.map((worker) => {
    const emphasis = worker.id !== picks.workers.id ? 'none' : focused ? 'chosen' : 'marked';
    const facts = { worker, live: view.live[worker.id], progress: view.progress[worker.id], now: view.now, idWidth };
    return workerRow(facts, width, theme, emphasis);
  });
  const { working, failed } = countsIn(state);
  const corner =
    list.length > 0 ? [`${working} working`, failed > 0 ? `${failed} failed` : ''].filter(Boolean).join(', ') : '';
  const content = {
    title: `1 Workers ${list.length}`,
    corner,
    inner: inner.length > 0 ? inner : emptyRows(helpFor(view), width, view),
  };
  return framed(view, place, focused, content, { top, total: list.length });
};

function helpFor({ state, supervisor }: Parameters<PanelRows>[0]): string[] {
  if (state.swarm?.status === 'stopped') return ['The swarm is stopped. Start it again: oompa run'];
  if (supervisor === 'down') return ['The supervisor is not running. Start it: oompa run'];
  return ['No workers yet: the supervisor is starting them. Press + for one more.'];
}

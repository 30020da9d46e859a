// Panel 3: the review queue, one line per change. Its lower border says what an approval of the selected one would bind.
import { needsOperator } from '../../core/select.ts';
import { short } from '../documents/diff-document.ts';
import { baseOf } from '../facts.ts';
import { queueList } from '../lists.ts';
import { changeRow } from '../rows/change-row.ts';
import { changeIn, type View } from '../view.ts';
import { emptyRows, framed, type PanelRows } from './panel.ts';

export const queuePanel: PanelRows = (view, place) => {
  const list = queueList(view.state);
  const top = view.tops.queue ?? 0;
  const width = place.width - 4;
  const focused = view.focus === 'queue';
  const shown = list.slice(top, top + place.height - 2);
  const idWidth = shown.reduce((most, { worker }) => Math.max(most, Math.min(8, worker.length)), 2);
  const inner = shown.map((change) => {
    const emphasis = change.id !== view.picks.queue.id ? 'none' : focused ? 'chosen' : 'marked';
    return changeRow(
      change,
      { now: view.now, isSent: view.sent?.change === change.id, idWidth },
      width,
      view.theme,
      emphasis,
    );
  });
  const waiting = list.filter(needsOperator).length;
  const help = [
    'Nothing to review yet. What workers hand in waits here',
    'until you approve it; then oompa merges it.',
  ];
  const content = {
    title: `3 Review ${list.length}`,
    corner: waiting > 0 ? `${waiting} for you` : '',
    foot: focused ? bindingOf(view) : '',
    inner: inner.length > 0 ? inner : emptyRows(help, width, view),
  };
  return framed(view, place, focused, content, { top, total: list.length });
};

function bindingOf(view: View): string {
  const change = changeIn(view);
  if (!change) return '';
  return `${short(change.id)} onto ${view.state.swarm?.base.branch ?? 'base'}@${short(baseOf(change))}`;
}

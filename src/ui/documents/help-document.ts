// The help overlay, made from the table of actions.
import { actions, type Group, groups } from '../actions/index.ts';
import { keyLabel } from '../keymap.ts';
import { memo } from '../memo.ts';
import type { Theme } from '../theme.ts';
import type { Document, DocumentRow } from './document.ts';

export const helpDocument = memo((theme: Theme): Document => {
  const rows: DocumentRow[] = [];
  for (const group of groups) {
    if (rows.length > 0) rows.push({ text: '', tone: 'plain' });
    rows.push({ text: group, tone: 'title' }, ...rowsOf(group, theme));
  }
  return { rows, marks: [] };
});

function rowsOf(group: Group, theme: Theme): DocumentRow[] {
  return actions
    .filter((action) => action.group === group)
    .map((action) => ({
      text: `  ${keysOf(action.keys.map((key) => keyLabel(key, theme.unicode))).padEnd(11)} ${action.help}`,
      tone: 'plain' as const,
    }));
}

/** `1-9` for a row of keys. */
function keysOf(labels: readonly string[]): string {
  return labels.length > 4 ? `${labels[0]}-${labels.at(-1)}` : labels.join(' ');
}

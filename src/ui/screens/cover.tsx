// Screens that take the whole room between header and footer: the help, and a pane that the operator is in.
import { Rows } from '../components/rows.tsx';
import { paintDocument } from '../documents/document.ts';
import { helpDocument } from '../documents/help-document.ts';
import { helpHeight } from '../layout.ts';
import { framed } from '../panels/panel.ts';
import { screenRows } from '../panels/right-panel.ts';
import { footerRows } from '../rows/footer-rows.ts';
import { headerRow } from '../rows/header-row.ts';
import type { Face } from '../store.ts';
import type { View } from '../view.ts';

export function Cover({ face, view }: { face: Face; view: View }) {
  const { cols } = view.size;
  const height = helpHeight(view.size);
  const place = { x: 0, y: 1, width: cols, height: height + 2 };
  const rows = view.mode.kind === 'help' ? helpRows(view, height, cols - 4) : attachedRows(view, height, cols - 4);
  const total =
    view.mode.kind === 'help' ? { top: view.tops.help ?? 0, total: helpDocument(view.theme).rows.length } : undefined;
  const title = view.mode.kind === 'attached' ? `in the pane of ${view.mode.worker}` : 'Help';
  const corner = view.mode.kind === 'attached' ? 'Ctrl-q comes back' : 'any other key closes';
  return (
    <Rows
      rows={[
        headerRow(view, cols),
        ...framed(view, place, true, { title, corner, inner: rows }, total),
        ...footerRows(face, cols),
      ]}
      width={cols}
    />
  );
}

function helpRows(view: View, height: number, width: number): string[] {
  return paintDocument(helpDocument(view.theme), view.tops.help ?? 0, height, width, view.theme);
}

function attachedRows(view: View, height: number, width: number): string[] {
  const { mode, screen, theme } = view;
  if (mode.kind !== 'attached' || screen?.worker !== mode.worker || !screen.rows) return [];
  return screenRows(screen.rows, height, width, theme);
}

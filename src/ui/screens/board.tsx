// The main screen: header, panels, footer.
import { Box } from 'ink';
import { Rows } from '../components/rows.tsx';
import type { Panel } from '../layout.ts';
import { mailPanel } from '../panels/mail-panel.ts';
import type { PanelRows } from '../panels/panel.ts';
import { queuePanel } from '../panels/queue-panel.ts';
import { rightPanel } from '../panels/right-panel.ts';
import { tasksPanel } from '../panels/tasks-panel.ts';
import { workersPanel } from '../panels/workers-panel.ts';
import { footerRows } from '../rows/footer-rows.ts';
import { headerRow } from '../rows/header-row.ts';
import { layoutOf } from '../settle.ts';
import type { Face } from '../store.ts';
import type { View } from '../view.ts';

const contents: Readonly<Record<Panel, PanelRows>> = {
  workers: workersPanel,
  tasks: tasksPanel,
  queue: queuePanel,
  mail: mailPanel,
  right: rightPanel,
};

export function Board({ face, view }: { face: Face; view: View }) {
  const { panels, frame } = layoutOf(view);
  const draw = (panel: Panel) => {
    const place = panels[panel];
    return place && <Rows key={panel} rows={contents[panel](view, place)} width={place.width} />;
  };
  const besides = panels.queue && panels.right && panels.queue.y === panels.right.y;
  return (
    <>
      <Rows rows={[headerRow(view, frame.cols)]} width={frame.cols} />
      {draw('workers')}
      {draw('tasks')}
      <Box flexDirection={besides ? 'row' : 'column'}>
        {draw('queue')}
        {draw('mail')}
        {draw('right')}
      </Box>
      <Rows rows={footerRows(face, frame.cols)} width={frame.cols} />
    </>
  );
}

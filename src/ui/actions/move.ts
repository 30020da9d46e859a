// The keys that move: within a list or document, between panels, to what needs the operator.
import type { Panel } from '../layout.ts';
import { needsYou } from '../lists.ts';
import { focusOn, listOf, moveBy, pageOf, sideways, toNextNeed, towards } from '../moves.ts';
import type { Face } from '../store.ts';
import type { Right, View } from '../view.ts';
import { type Action, board } from './action.ts';

const hasRows = (view: View): true | string =>
  view.focus === 'right' && view.right === 'pane'
    ? 'the live pane shows its end: Enter attaches, and there you can scroll'
    : true;
const by = (rows: number) => (face: Face) => face.update(moveBy(rows));
const byPages = (pages: number) => (face: Face) =>
  face.update((view) => moveBy(Math.round(pages * pageOf(view)))(view));
const turn = (step: 1 | -1) => (face: Face) => face.update(towards(step));

const numbered: readonly { key: string; panel: Panel; right?: Right; name: string }[] = [
  { key: '1', panel: 'workers', name: 'workers' },
  { key: '2', panel: 'tasks', name: 'tasks' },
  { key: '3', panel: 'queue', name: 'review queue' },
  { key: '4', panel: 'right', right: 'pane', name: 'live pane of the selected worker' },
  { key: '5', panel: 'right', right: 'diff', name: 'diff of the selected change' },
];

export const moving: readonly Action[] = [
  { id: 'down', group: 'Move', keys: ['j', 'down'], label: 'down', help: 'down', enabled: hasRows, run: by(1) },
  { id: 'up', group: 'Move', keys: ['k', 'up'], label: 'up', help: 'up', enabled: hasRows, run: by(-1) },
  {
    id: 'top',
    group: 'Move',
    keys: ['g', 'home'],
    label: 'top',
    help: 'to the first row',
    enabled: hasRows,
    run: by(-1e9),
  },
  {
    id: 'bottom',
    group: 'Move',
    keys: ['G', 'end'],
    label: 'bottom',
    help: 'to the last row',
    enabled: hasRows,
    run: by(1e9),
  },
  {
    id: 'page-down',
    group: 'Move',
    keys: ['pgdn', 'space'],
    label: 'page down',
    help: 'one page down',
    enabled: hasRows,
    run: byPages(1),
  },
  {
    id: 'page-up',
    group: 'Move',
    keys: ['pgup'],
    label: 'page up',
    help: 'one page up',
    enabled: hasRows,
    run: byPages(-1),
  },
  {
    id: 'half-down',
    group: 'Move',
    keys: ['ctrl-d'],
    label: 'half page down',
    help: 'half a page down',
    enabled: hasRows,
    run: byPages(0.5),
  },
  {
    id: 'half-up',
    group: 'Move',
    keys: ['ctrl-u'],
    label: 'half page up',
    help: 'half a page up',
    enabled: hasRows,
    run: byPages(-0.5),
  },
  {
    id: 'leftwards',
    group: 'Move',
    keys: ['h', 'left'],
    label: 'left',
    help: 'previous task column; previous file of a diff',
    where: ['tasks', 'right'],
    run: (face) => face.update(sideways(-1)),
  },
  {
    id: 'rightwards',
    group: 'Move',
    keys: ['l', 'right'],
    label: 'right',
    help: 'next task column; next file of a diff',
    where: ['tasks', 'right'],
    run: (face) => face.update(sideways(1)),
  },
  { id: 'next-panel', group: 'Move', keys: ['tab'], label: 'panel', help: 'next panel', footer: 80, run: turn(1) },
  {
    id: 'previous-panel',
    group: 'Move',
    keys: ['shift-tab'],
    label: 'panel',
    help: 'previous panel',
    run: turn(-1),
  },
  ...numbered.map(
    ({ key, panel, right, name }): Action => ({
      id: `panel-${key}`,
      group: 'Move',
      keys: [key],
      label: name,
      help: `go to the ${name}`,
      where: board,
      run: (face) => face.update(focusOn(panel, right)),
    }),
  ),
  {
    id: 'next-needing-you',
    group: 'Move',
    keys: ['w'],
    label: 'needs you',
    help: 'next that needs you: a change, a worker, a question, a blocked task',
    footer: 15,
    enabled: (view) => needsYou(view).length > 0 || 'nothing needs you now',
    run: (face) => face.update(toNextNeed),
  },
  {
    id: 'zoom',
    group: 'Look',
    keys: ['z'],
    label: 'zoom',
    help: 'the focused panel alone, and back',
    footer: 75,
    run: (face) => face.update(({ zoom }) => ({ zoom: !zoom })),
  },
  {
    id: 'back',
    group: 'Look',
    keys: ['esc'],
    label: 'back',
    help: 'back to the list',
    footer: 60,
    where: ['right', 'message'],
    run: (face) => face.update((view) => focusOn(listOf[view.right])(view)),
  },
];

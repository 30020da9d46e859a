// Where the panels lie: a pure function of the terminal's size, the focus and how much there is to show.
import type { Size } from './ports.ts';

export type ListPanel = 'workers' | 'tasks' | 'queue' | 'mail';
export type Panel = ListPanel | 'right';
export const panels: readonly Panel[] = ['workers', 'tasks', 'queue', 'mail', 'right'];

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  /** `small`: nothing fits. `wide`: queue and right panel side by side. `stacked`: one above the other. */
  kind: 'small' | 'stacked' | 'wide';
  /** The whole frame; one row lower than the terminal, because a full one makes it scroll. */
  frame: Size;
  /** A panel that is missing is not shown. */
  panels: Readonly<Partial<Record<Panel, Rect>>>;
  /** Whether tasks stand in columns side by side, or in one list with section heads. */
  taskColumns: boolean;
}

export interface Wanted {
  focus: Panel;
  zoom: boolean;
  /** Whether the mailbox is open: it stands in the place of the queue, its message below it. */
  mailbox: boolean;
  /** Rows that each list would fill. */
  rows: Readonly<Record<ListPanel, number>>;
}

export const least: Size = { cols: 60, rows: 15 };
const headerRows = 1;
const footerRows = 2;
const border = 2;

export function layoutFor(size: Size, wanted: Wanted): Layout {
  const frame = { cols: size.cols, rows: size.rows - 1 };
  if (size.cols < least.cols || size.rows < least.rows) return { kind: 'small', frame, panels: {}, taskColumns: false };
  const area: Rect = { x: 0, y: headerRows, width: size.cols, height: frame.rows - headerRows - footerRows };
  const wide = size.cols >= 100 && size.rows >= 28;
  const places = placesIn(area, wanted, wide);
  return { kind: wide ? 'wide' : 'stacked', frame, panels: places, taskColumns: (places.tasks?.width ?? 0) >= 100 };
}

function placesIn(area: Rect, wanted: Wanted, wide: boolean): Layout['panels'] {
  // The list of mail says too little alone: zoomed, it keeps its message.
  if (wanted.zoom && wanted.focus !== 'mail') return { [wanted.focus]: area };
  if (wanted.mailbox && (wanted.zoom || !wide)) return mailboxIn(area, wanted);
  return wide ? wideIn(area, wanted) : stackedIn(area, wanted);
}

/** The list gets what it needs, the message the rest and most of it. */
function mailboxIn(area: Rect, { rows }: Wanted): Layout['panels'] {
  const list = clamp(rows.mail + border, 4, Math.floor(area.height * 0.4));
  return {
    mail: { ...area, height: list },
    right: { ...area, y: area.y + list, height: area.height - list },
  };
}

/** Workers and tasks as bands across, the queue and what it leads to side by side below. */
function wideIn(area: Rect, wanted: Wanted): Layout['panels'] {
  const { rows } = wanted;
  const workers = clamp(rows.workers + border, 4, Math.floor(area.height * 0.3));
  const tasks = clamp(Math.floor(area.height * 0.28), 6, 16);
  const below = { ...area, y: area.y + workers + tasks, height: area.height - workers - tasks };
  const queue = clamp(Math.floor(area.width * 0.42), 46, 88);
  return {
    workers: { ...area, height: workers },
    tasks: { ...area, y: area.y + workers, height: tasks },
    ...(wanted.mailbox
      ? mailboxIn(below, wanted)
      : { queue: { ...below, width: queue }, right: { ...below, x: queue, width: area.width - queue } }),
  };
}

/** One above the other: the focused list gets its rows first. The right panel takes the whole room, or the lower part of a tall one. */
function stackedIn(area: Rect, wanted: Wanted): Layout['panels'] {
  const tall = area.height >= 32;
  if (wanted.focus === 'right' && !tall) return { right: area };
  const right = tall ? Math.floor(area.height * 0.45) : 0;
  const heights = share(area.height - right, wanted);
  const places: Partial<Record<Panel, Rect>> = {};
  let { y } = area;
  for (const panel of ['workers', 'tasks', 'queue'] as const) {
    places[panel] = { ...area, y, height: heights[panel] };
    y += heights[panel];
  }
  if (tall) places.right = { ...area, y, height: right };
  return places;
}

function share(height: number, { focus, rows }: Wanted): Record<'workers' | 'tasks' | 'queue', number> {
  const heights = { workers: 3, tasks: 3, queue: 3 };
  let rest = height - 9;
  const order = [...(focus === 'right' || focus === 'mail' ? [] : [focus]), 'workers', 'queue', 'tasks'] as const;
  for (const panel of order) {
    const more = clamp(rows[panel] + border - heights[panel], 0, rest);
    heights[panel] += more;
    rest -= more;
  }
  heights.tasks += rest;
  return heights;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Rows inside a panel that takes the whole room, as the help overlay does. */
export function helpHeight(size: Size): number {
  return size.rows - 1 - headerRows - footerRows - border;
}

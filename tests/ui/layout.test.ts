import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutFor, type Rect } from '../../src/ui/layout.ts';

const count = fc.integer({ min: 0, max: 500 });
const wanted = fc.record({
  focus: fc.constantFrom('workers', 'tasks', 'queue', 'mail', 'right'),
  zoom: fc.boolean(),
  mailbox: fc.boolean(),
  rows: fc.record({ workers: count, tasks: count, queue: count, mail: count }),
} as const);
const size = fc.record({ cols: fc.integer({ min: 60, max: 400 }), rows: fc.integer({ min: 15, max: 150 }) });

describe('layoutFor', () => {
  it('fills the room between header and footer exactly, without overlap, always with the focused panel', () => {
    fc.assert(
      fc.property(size, wanted, (terminal, any) => {
        const wants = { ...any, mailbox: any.focus === 'mail' || (any.focus === 'right' && any.mailbox) };
        const { panels, frame } = layoutFor(terminal, wants);
        const places = Object.values(panels) as Rect[];
        expect(panels[wants.focus]).toBeDefined();
        const cells = new Set<number>();
        for (const { x, y, width, height } of places) {
          expect(height).toBeGreaterThanOrEqual(3);
          expect(width).toBeGreaterThanOrEqual(40);
          for (let row = y; row < y + height; row += 1)
            for (const col of [x, x + width - 1]) cells.add(row * 1_000 + col);
        }
        const area = places.reduce((sum, { width, height }) => sum + width * height, 0);
        expect(area).toBe(terminal.cols * (frame.rows - 3));
        // Corners and sides of no two panels lie on one another.
        expect(cells.size).toBe(places.reduce((sum, { height }) => sum + 2 * height, 0));
        for (const { x, y, width, height } of places) {
          expect(x >= 0 && y >= 1 && x + width <= terminal.cols && y + height <= frame.rows - 2).toBe(true);
        }
      }),
    );
  });

  it('shows nothing below 60 x 15', () => {
    const rows = { workers: 3, tasks: 3, queue: 3, mail: 3 };
    const wants = { focus: 'workers', zoom: false, mailbox: false, rows } as const;
    expect(layoutFor({ cols: 59, rows: 40 }, wants).kind).toBe('small');
    expect(layoutFor({ cols: 200, rows: 14 }, wants).kind).toBe('small');
    expect(layoutFor({ cols: 60, rows: 15 }, wants).kind).toBe('stacked');
  });

  it('gives the focused list its rows first where room is short', () => {
    const rows = { workers: 30, tasks: 30, queue: 30, mail: 30 };
    for (const focus of ['workers', 'tasks', 'queue'] as const) {
      const { panels } = layoutFor({ cols: 80, rows: 24 }, { focus, zoom: false, mailbox: false, rows });
      for (const other of ['workers', 'tasks', 'queue'] as const) {
        if (other !== focus) expect(panels[focus]?.height).toBeGreaterThan(panels[other]?.height ?? 99);
      }
    }
  });
});

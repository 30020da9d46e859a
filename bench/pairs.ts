// Measuring: A and B in turn in the same run, medians with quartiles, a ratio to a goal, and gates for what must be right.
import { writeSync } from 'node:fs';

export interface Spread {
  median: number;
  q1: number;
  q3: number;
}

/** One line of the table. Figures are in `unit`; a row without a baseline has no ratio. */
export interface Row {
  name: string;
  unit: string;
  ours: Spread;
  baseline: Spread | null;
  /** Median of ours through median of the baseline; `ratioSpread` are the quartiles of the ratios of the pairs. */
  ratio: number | null;
  ratioSpread: { q1: number; q3: number } | null;
  /** As the issue words it. */
  goal: string;
  met: boolean | null;
  pairs: number;
  /** What was gated, and what the reader must know. */
  note: string;
}

/** Throws when what was measured is not right: a fast wrong answer is no answer. Ends the bench with exit code 1. */
export function gate(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`gate: ${what}`);
}

export interface Paired {
  ours: number[];
  baseline: number[];
}

/** Measures A and B in turn. Each gives one figure; who goes first alternates. `warmups` pairs are thrown away. */
export async function inTurn(
  ours: (round: number) => Promise<number>,
  baseline: (round: number) => Promise<number>,
  { pairs = 9, warmups = 1 }: { pairs?: number; warmups?: number } = {},
): Promise<Paired> {
  const got: Paired = { ours: [], baseline: [] };
  for (let round = -warmups; round < pairs; round += 1) {
    const sides = [
      { into: got.ours, measure: ours },
      { into: got.baseline, measure: baseline },
    ];
    if (round % 2 !== 0) sides.reverse();
    for (const { into, measure } of sides) {
      const figure = await measure(round);
      if (round >= 0) into.push(figure);
    }
    progress('.');
  }
  return got;
}

export interface RowWords {
  name: string;
  unit: string;
  goal: string;
  /** Whether the ratio (or, without a baseline, the median) is good enough; none: a figure to know, no goal. */
  meets?: (figure: number) => boolean;
  note?: string;
}

/** A row with a ratio. */
export function pairedRow({ ours, baseline }: Paired, words: RowWords): Row {
  const ratio = spreadOf(ours).median / spreadOf(baseline).median;
  const ratios = spreadOf(ours.map((each, at) => each / (baseline[at] ?? Number.NaN)));
  return {
    ...rowOf(ours, words, ratio),
    baseline: spreadOf(baseline),
    ratio,
    ratioSpread: { q1: ratios.q1, q3: ratios.q3 },
  };
}

/** A row of figures that stand for themselves. */
export function aloneRow(ours: readonly number[], words: RowWords): Row {
  return rowOf(ours, words, spreadOf(ours).median);
}

function rowOf(ours: readonly number[], words: RowWords, figure: number): Row {
  const { name, unit, goal, meets, note = '' } = words;
  const met = meets ? meets(figure) : null;
  return {
    ...{ name, unit, ours: spreadOf(ours), baseline: null, ratio: null, ratioSpread: null },
    ...{ goal, met, pairs: ours.length, note },
  };
}

export function spreadOf(figures: readonly number[]): Spread {
  return { median: quantile(figures, 0.5), q1: quantile(figures, 0.25), q3: quantile(figures, 0.75) };
}

/** By linear interpolation between neighbours. */
export function quantile(figures: readonly number[], at: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** To stderr: stdout belongs to the rows. */
export function progress(text: string): void {
  writeSync(2, text);
}

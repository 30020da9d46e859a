// Rows as a Markdown table, and the main of every bench: measure, print, exit 1 when a gate was violated.
import { progress, type Row, type Spread } from './pairs.ts';

export function markdown(rows: readonly Row[]): string {
  const head = ['what', 'oompa', 'baseline', 'ratio', 'goal', 'met', 'n', 'gates and notes'];
  const lines = [head, head.map(() => '---'), ...rows.map(cells)];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Runs a bench that was started by itself. `--json` prints rows as JSON, `--quick` asks for few rounds. */
export async function main(bench: (options: { quick: boolean }) => Promise<Row[]>): Promise<void> {
  try {
    const rows = await bench({ quick: process.argv.includes('--quick') });
    progress('\n');
    console.log(process.argv.includes('--json') ? JSON.stringify(rows) : markdown(rows));
    process.exit(0);
  } catch (error) {
    progress(`\n${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  }
}

function cells(row: Row): string[] {
  const { name, unit, ours, baseline, ratio, ratioSpread, goal, met, pairs, note } = row;
  const figure = (spread: Spread) => `${short(spread.median)} ${unit} (${short(spread.q1)}–${short(spread.q3)})`;
  return [
    name,
    figure(ours),
    baseline ? figure(baseline) : '',
    ratio === null ? '' : `**${ratio.toFixed(2)}** (${ratioSpread?.q1.toFixed(2)}–${ratioSpread?.q3.toFixed(2)})`,
    goal,
    met === null ? '' : met ? 'yes' : 'no',
    String(pairs),
    note,
  ];
}

function short(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

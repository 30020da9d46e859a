// `oompa info [id]`: what happened in a run, cycle by cycle and verdict by verdict; without an id, in all of them.
import { clean } from '../../core/clean.ts';
import { exitCodes } from '../../core/errors.ts';
import { viewOf } from '../run-facts.ts';
import { type CycleSeen, findRun, type ReviewSeen, readRun, runIds } from '../runs.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';
import { textOf } from './view.ts';

const shown = 20;

export async function run({ args: [id], options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const ids = id === undefined ? runIds(paths).slice(0, options.all ? undefined : shown) : [findRun(paths, id)];
  const runs = ids.map((each) => {
    const found = readRun(paths, each);
    return { view: viewOf(paths, found), cycles: found.cycles, reviews: found.reviews };
  });
  if (options.json) {
    const values = runs.map(({ view, cycles, reviews }) => ({ ...view, cycles, reviews }));
    console.log(JSON.stringify({ runs: values }, null, 2));
  } else if (runs.length === 0) console.log('No swarm runs found.');
  else {
    const texts = runs.map(({ view, cycles, reviews }) =>
      [textOf(view), ...section('Cycles', cycles.map(cycleLine)), ...section('Reviews', reviews.map(reviewLine))].join(
        '\n',
      ),
    );
    console.log(texts.join('\n\n'));
  }
  return exitCodes.ok;
}

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ['', `${title}:`, ...lines.map((line) => `  ${clean(line)}`)] : [];
}

function cycleLine(cycle: CycleSeen): string {
  const claimed = cycle['claimed-task-ids'].length > 0 ? `, claimed: ${cycle['claimed-task-ids'].join(', ')}` : '';
  const why = cycle['error-snippet'] ? `; ${cycle['error-snippet']}` : '';
  return `${cycle['worker-id']}-c${cycle.cycle}: ${cycle.outcome} (${cycle['duration-ms']}ms${claimed})${why}`;
}

function reviewLine(review: ReviewSeen): string {
  return `${review['worker-id']}-c${review.cycle}-r${review.round}: ${review.verdict} by ${review.by}`;
}

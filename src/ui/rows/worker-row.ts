// One worker as one line: status, id, model, how long, what on, how much changed, and the last thing it said.
import { activityOf, occupationOf } from '../../core/select.ts';
import type { Worker } from '../../core/state.ts';
import type { WorkerLive } from '../../core/turn.ts';
import { ageLabel } from '../age.ts';
import type { Progress } from '../ports.ts';
import { type Theme, workerLooks } from '../theme.ts';
import { cellRow, type Emphasis, restOf } from './cells.ts';

export interface WorkerFacts {
  worker: Worker;
  live: WorkerLive | undefined;
  progress: Progress | undefined;
  now: number;
  /** Width of the longest id. */
  idWidth: number;
}

export function workerRow(facts: WorkerFacts, width: number, theme: Theme, emphasis: Emphasis): string {
  const { worker, live, progress, now } = facts;
  const look = workerLooks[activityOf(worker)];
  const wide = width >= 110;
  const widths = { status: 11, id: facts.idWidth, model: wide ? 22 : 15, age: 3, size: 10 };
  const rest = restOf(width, [1, ...Object.values(widths)]);
  const task = wide ? Math.floor(rest * 0.42) : rest;
  return cellRow(
    [
      { text: ' ', width: 1 },
      { text: `${theme.glyph(look.glyph)} ${look.word}`, width: widths.status, tone: look.tone },
      { text: worker.id, width: widths.id, tone: 'bold' },
      { text: modelLabel(worker.spec.model), width: widths.model, tone: 'dim' },
      { text: ageLabel(worker.since, now), width: widths.age, align: 'right', tone: 'dim' },
      wide || !worker.why
        ? { text: occupationOf(worker), width: task }
        : { text: worker.why, width: task, tone: 'warn' },
      { text: sizeLabel(progress), width: widths.size, align: 'right' },
      wide ? saying(worker, live, rest - task - 1) : { text: '', width: 0 },
    ],
    theme,
    emphasis,
  );
}

/** Why it is as it is, where that needs saying; else the agent's last line. */
function saying(worker: Worker, live: WorkerLive | undefined, width: number) {
  return worker.why
    ? { text: worker.why, width, tone: 'warn' as const }
    : { text: live?.lastLine ?? '', width, tone: 'dim' as const };
}

/** `claude:opus`; of a command, the name of its program, or of the script that an interpreter runs. */
export function modelLabel(model: string): string {
  const [harness = '', ...rest] = model.split(':');
  if (harness !== 'command') return [harness, ...rest.slice(0, 1)].join(':');
  const words = Array.from(rest.join(':').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g), ([, ...parts]) => parts.join(''));
  const names = words.filter((word) => word.includes('/')).map((path) => path.slice(path.lastIndexOf('/') + 1));
  return `command:${names.find((name) => !interpreters.test(name)) ?? names[0] ?? words[0] ?? ''}`;
}

const interpreters = /^(?:node|bun|deno|python|ruby|perl|env|sh|bash|zsh)[\d.]*$/;

function sizeLabel(progress: Progress | undefined): string {
  return progress && progress.files > 0 ? `+${progress.added} -${progress.removed}` : '';
}

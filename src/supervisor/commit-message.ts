// The words of commits that oompa makes. Trailers let finished work be told from git alone.
import { clean } from '../core/clean.ts';
import type { State } from '../core/state.ts';

/** Message of the commit that holds a worker's work. */
export function commitMessage(state: State, worker: string, tasks: readonly string[], cycle: number): string {
  const titles = tasks.map((id) => `- ${id}: ${subject(state.tasks[id]?.summary ?? id)}`);
  return parts(
    `Work from oompa/${worker}, cycle ${cycle}${tasks.length > 0 ? `: ${subject(tasks.join(', '))}` : ''}`,
    titles.join('\n'),
    trailers(state, worker, tasks),
  );
}

/** Message of the merge commit of a change. */
export function mergeMessage(state: State, id: string): string {
  const change = state.changes[id];
  if (!change) return `Merge ${id}`;
  const { worker, tasks, title } = change;
  return parts(`Merge ${tasks.join(', ') || 'work'} from oompa/${worker}`, subject(title, 400), [
    ...trailers(state, worker, tasks),
    `Oompa-Change: ${id}`,
  ]);
}

function trailers(state: State, worker: string, tasks: readonly string[]): string[] {
  return [
    ...tasks.map((id) => `Oompa-Task: ${id}`),
    `Oompa-Worker: ${worker}`,
    `Oompa-Swarm: ${state.swarm?.id ?? 'unknown'}`,
  ];
}

function parts(head: string, body: string, lines: string[]): string {
  return `${[head, body, lines.join('\n')].filter(Boolean).join('\n\n')}\n`;
}

function subject(text: string, most = 100): string {
  const line = clean(text);
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

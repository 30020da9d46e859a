// What is wrong with the tasks and the config of a repository, before a swarm finds out.
import { relative } from 'node:path';
import { messageOf, Refusal } from '../core/errors.ts';
import type { TaskSeen } from '../core/event.ts';
import { nearest } from '../disk/nearest.ts';
import type { Paths } from '../disk/paths.ts';
import { findPrompt, readPrompt } from '../disk/prompts.ts';
import { sharedPrompts } from '../supervisor/turn-prompt.ts';
import { cyclesOf } from '../tasks/cycles.ts';
import { lookAtBoard } from '../tasks/look.ts';
import { inspectSettings } from './settings.ts';

export interface Problem {
  /** Relative to the repository; absolute when it lies elsewhere. */
  file: string;
  /** `workers[0].model`, `depends_on`, `line 3`; null for the file as a whole. */
  field: string | null;
  problem: string;
  hint: string | null;
}

/** Every problem of the config (`configFile`: another one than the usual), of the prompts it names, and of the board. */
export async function lint(paths: Paths, configFile?: string): Promise<{ problems: Problem[]; tasks: number }> {
  const { tasks, unreadable } = await lookAtBoard(paths.tasks);
  return {
    tasks: tasks.length,
    problems: [
      ...configProblems(paths, configFile),
      ...unreadable.map(({ file, reason }) => ({
        file: `tasks/${file}`,
        field: null,
        problem: reason,
        hint: 'mend the file, or move it out of tasks/: no worker gets it as it is',
      })),
      ...unknownDependencies(tasks),
      ...rings(tasks),
    ],
  };
}

function configProblems(paths: Paths, configFile?: string): Problem[] {
  const nameOf = (file: string | null) => {
    if (file === null) return 'the command line';
    const name = relative(paths.root, file);
    return name.startsWith('..') ? file : name;
  };
  try {
    const { file, problems, promptFiles } = inspectSettings(paths, configFile);
    const shared = sharedPrompts.flatMap((name) => findPrompt(name, file, paths.root) ?? []);
    const prompts = new Set([...promptFiles.values(), ...shared]);
    const includes = [...prompts].flatMap((prompt) => readPrompt(prompt, paths.root).problems);
    return [
      ...problems.map(({ field, what }) => ({ file: nameOf(file), field, problem: what, hint: null })),
      ...includes.map(({ file: prompt, line, what }) => ({
        file: nameOf(prompt),
        field: `line ${line}`,
        problem: what,
        hint: 'includes are looked for beside the file, in the repository, then among the prompts of oompa',
      })),
    ];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [
      { file: nameOf(configFile ?? paths.config), field: null, problem: messageOf(error), hint: error.hint ?? null },
    ];
  }
}

function unknownDependencies(tasks: readonly TaskSeen[]): Problem[] {
  const ids = tasks.map(({ id }) => id);
  const known = new Set(ids);
  return waiting(tasks).flatMap((task) =>
    task.dependsOn
      .filter((id) => !known.has(id))
      .map((id) => {
        const near = nearest(id, ids);
        const hint = near ? `did you mean "${near}"?` : 'write that task, or take the id out: this one waits for ever';
        return { file: fileOf(task), field: 'depends_on', problem: `there is no task "${id}"`, hint };
      }),
  );
}

function rings(tasks: readonly TaskSeen[]): Problem[] {
  const open = new Map(waiting(tasks).map((task) => [task.id, task]));
  const waits = new Map([...open].map(([id, task]) => [id, task.dependsOn]));
  return cyclesOf(waits).flatMap((ring) => {
    const first = open.get(ring[0] ?? '');
    if (!first) return [];
    const problem = `tasks wait for each other: ${[...ring, first.id].join(' → ')}`;
    return [{ file: fileOf(first), field: 'depends_on', problem, hint: 'take one of these dependencies out' }];
  });
}

function waiting(tasks: readonly TaskSeen[]): TaskSeen[] {
  return tasks.filter(({ column }) => column !== 'complete');
}

function fileOf({ column, file }: TaskSeen): string {
  return `tasks/${column}/${file}`;
}

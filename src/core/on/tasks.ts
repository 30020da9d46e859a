// Events of the board and of claims.

import { charge } from '../charge.ts';
import { clean } from '../clean.ts';
import { goOn, releaseClaims } from '../cycle.ts';
import type { Draft } from '../draft.ts';
import type { EventOf, TaskSeen } from '../event.ts';
import { logClaim } from '../log.ts';
import { traitsOf } from '../seats/kinds.ts';
import { clashesOf } from '../select.ts';
import type { Task, Worker } from '../state.ts';
import { noUsage } from '../usage.ts';

export const onTasks = {
  'board.changed': (draft: Draft, event: EventOf<'board.changed'>) => {
    draft.swarm({ boardSeen: true });
    if (event.gone.length > 0 || event.seen.some(({ id }) => !draft.state.tasks[id]))
      draft.swarm({ boardAt: draft.seq });
    for (const seen of event.seen) see(draft, seen);
    for (const id of event.gone) lose(draft, id);
    const known = draft.state.unreadable;
    const unreadable = Object.fromEntries(event.unreadable.map(({ file, reason }) => [file, reason]));
    for (const file in unreadable) {
      if (known[file] !== unreadable[file]) draft.notice('warn', `${file}: ${unreadable[file]}`);
    }
    draft.unreadable(unreadable);
  },
  'tasks.claimed': (draft: Draft, event: EventOf<'tasks.claimed'>) => {
    const worker = draft.state.workers[event.worker];
    if (!worker) return;
    const clashed: Record<string, string> = {};
    for (const id of event.claimed) {
      const why = clashWith(draft, event.worker, id);
      if (why === null) take(draft, event.worker, id);
      else clashed[id] = why;
    }
    giveBack(draft, worker, clashed);
    const claims = draft.state.workers[event.worker]?.claims ?? [];
    // Two claims that were asked for at once may both be told that the file is theirs: the first answer has it.
    const won = event.claimed.filter((id) => claims.includes(id));
    const beaten = event.claimed
      .filter((id) => !claims.includes(id))
      .map((id) => ({ id, why: clashed[id] ?? 'taken' }));
    // A claim that was seen in the worker's own folder but could not be put on the board is no claim.
    const lost = event.refused.map(({ id }) => id).filter((id) => claims.includes(id) && !event.claimed.includes(id));
    draft.worker(event.worker, { claims: claims.filter((id) => !lost.includes(id)) });
    for (const id of lost)
      if (draft.state.tasks[id]?.worker === event.worker) draft.moveTask(id, 'pending', { worker: null });
    charge(draft, event.worker, noUsage);
    // A worker that was stopped meanwhile holds nothing; a reviewer or planner never does.
    if (worker.status === 'stopping' || worker.status === 'stopped')
      releaseClaims(draft, event.worker, 'the worker was stopped', null);
    else if (!traitsOf[worker.seat].claims) {
      draft.notice('warn', `${event.worker} took ${event.claimed.join(', ')}, which is not its to take: put back`);
      releaseClaims(draft, event.worker, `${event.worker} works on no tasks`, null);
    } else if (!worker.turn && !worker.next && worker.change === null) {
      const note = claimNote(won, [...event.refused, ...beaten]);
      if (won.length === 0) goOn(draft, event.worker, 'claimed', note, null);
      else draft.worker(event.worker, { next: { kind: 'claimed', note: `${note}\n${work}` }, silent: 0 });
    }
  },
  'claim.seen': (draft: Draft, event: EventOf<'claim.seen'>) => {
    // The view of a stopped worker went with its worktree; what was in it is back on the board.
    if (draft.state.workers[event.worker]?.status === 'stopped') return;
    const task = draft.state.tasks[event.task];
    const free =
      !task ||
      task.status === 'pending' ||
      (task.status === 'claimed' && (task.worker ?? event.worker) === event.worker);
    if (!draft.state.workers[event.worker] || !free) {
      const text = `${event.worker} moved ${event.file} into its own folder, but ${event.task} is ${task?.status ?? 'unknown'}${task?.worker ? ` by ${task.worker}` : ''}`;
      if (!draft.state.notices.some((notice) => notice.text === text)) draft.notice('warn', text);
      return;
    }
    if (!task) {
      const { task: id, file } = event;
      draft.putTask(
        asTask({ id, file, column: 'current', summary: id, priority: null, dependsOn: [], files: [] }, draft.at),
      );
    }
    if (clashWith(draft, event.worker, event.task) === null) take(draft, event.worker, event.task);
    draft.ask({ type: 'tasks.adopt', worker: event.worker, task: event.task, file: event.file });
  },
  'tasks.collected': (draft: Draft, { worker, added, refused, discarded }: EventOf<'tasks.collected'>) => {
    // The board may have been looked at since.
    const fresh = added.filter(({ id }) => !draft.state.tasks[id]);
    if (fresh.length > 0) draft.swarm({ boardAt: draft.seq });
    for (const seen of fresh) see(draft, seen);
    const trouble = refused.map(({ file, why }) => `${clean(file)} is not on the board: ${clean(why)}`);
    if (discarded.length > 0)
      trouble.push(`changes of tasks that exist are discarded: ${listed(discarded.map((file) => clean(file)))}`);
    if (trouble.length === 0) return;
    for (const text of trouble) draft.notice('warn', `${worker}: ${text}`);
    draft.ask({
      type: 'mail.tell',
      to: worker,
      subject: 'what was not taken of your last turn',
      body: trouble.map((text) => `- ${text}\n`).join(''),
      key: `${draft.state.swarm?.id}.${draft.seq}.collected`,
    });
  },
  'tasks.released': (draft: Draft, event: EventOf<'tasks.released'>) => {
    for (const id of event.tasks) {
      const task = draft.state.tasks[id];
      if (task?.worker === null) draft.putTask({ ...task, column: 'pending' });
    }
  },
  'tasks.completed': (draft: Draft, event: EventOf<'tasks.completed'>) => {
    for (const id of event.tasks) {
      const task = draft.state.tasks[id];
      if (task) draft.putTask({ ...task, column: 'complete' });
    }
  },
  'tasks.requeue-asked': (draft: Draft, event: EventOf<'tasks.requeue-asked'>) => {
    for (const id of event.tasks) {
      const task = draft.state.tasks[id];
      if (!task) draft.notice('warn', `cannot requeue ${id}: there is no such task`);
      else if (task.status === 'blocked') draft.moveTask(id, 'pending', { attempts: 0, reason: null });
      else if (task.column === 'current' && task.worker === null) {
        draft.ask({
          type: 'tasks.release',
          tasks: [id],
          worker: 'lead',
          reason: 'requeued by the operator',
          feedback: null,
          at: draft.at,
        });
      } else
        draft.notice('warn', `cannot requeue ${id}: it is ${task.status}${task.worker ? ` by ${task.worker}` : ''}`);
    }
  },
};

const mostListed = 10;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return `${names.slice(0, mostListed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function see(draft: Draft, seen: TaskSeen): void {
  const known = draft.state.tasks[seen.id];
  if (!known) {
    const task = asTask(seen, draft.at);
    draft.putTask(task);
    if (seen.column === 'current') {
      draft.notice(
        'warn',
        `${seen.id} lies in tasks/current but no worker of this swarm holds it; requeue it to have it done`,
      );
    }
    return;
  }
  draft.putTask({ ...known, ...seen });
  // Someone finished, or re-opened, a task by hand. Tasks that a worker holds are lead's to move.
  if (known.worker !== null) return;
  if (seen.column === 'complete') draft.moveTask(seen.id, 'merged');
  else if (seen.column === 'pending' && known.status === 'merged')
    draft.moveTask(seen.id, 'pending', { attempts: 0, reason: null });
}

function asTask(seen: TaskSeen, at: string): Task {
  const status = seen.column === 'complete' ? 'merged' : seen.column === 'current' ? 'claimed' : 'pending';
  return { ...seen, status, since: at, worker: null, change: null, attempts: 0, reason: null, usage: noUsage };
}

function lose(draft: Draft, id: string): void {
  const task = draft.state.tasks[id];
  if (!task) return;
  if (task.worker === null) draft.removeTask(id);
  else draft.notice('warn', `the file of task ${id} is gone from the board while ${task.worker} holds it`);
}

/** Why a worker may not have a task now though nobody holds it: others work on the same files. Null when it may. */
function clashWith({ state }: Draft, worker: string, id: string): string | null {
  const task = state.tasks[id];
  const [other] = task && task.worker !== worker ? clashesOf(state, task, { worker }) : [];
  return other ? `it is about the same files as ${other.id}, which ${other.worker} works on` : null;
}

/** Puts tasks back (and says why) that a worker took out of turn; one in the midst of a turn is told by mail. */
function giveBack(draft: Draft, { id: worker, turn }: Worker, clashed: Readonly<Record<string, string>>): void {
  for (const [id, why] of Object.entries(clashed)) {
    const task = draft.state.tasks[id];
    if (task) draft.putTask({ ...task, column: 'current' });
    draft.notice('warn', `${worker} took ${id}, which goes back: ${why}`);
    draft.ask({ type: 'tasks.release', tasks: [id], worker, reason: why, feedback: null, at: draft.at });
    const body = `${id} is not yours now: ${why}. Do not go on with it; take another task.`;
    const subject = `${id} went back`;
    if (turn) draft.ask({ type: 'mail.tell', to: worker, subject, body, key: `clash-${draft.seq}-${id}` });
  }
}

function take(draft: Draft, worker: string, id: string): void {
  const claims = draft.state.workers[worker]?.claims ?? [];
  const task = draft.state.tasks[id];
  // An answer that comes late must not take what somebody else holds by now.
  if (
    !task ||
    (task.status !== 'pending' && task.status !== 'claimed') ||
    (task.worker !== null && task.worker !== worker)
  )
    return;
  if (!claims.includes(id)) draft.worker(worker, { claims: [...claims, id] });
  logClaim(draft, worker, id);
  if (task.status === 'claimed') draft.putTask({ ...task, worker, column: 'current' });
  else draft.moveTask(id, 'claimed', { worker, column: 'current', reason: null });
}

const work = 'They are yours: work on them now, and print COMPLETE_AND_READY_FOR_MERGE when they are done.';

function claimNote(claimed: readonly string[], refused: EventOf<'tasks.claimed'>['refused']): string {
  const won =
    claimed.length > 0 ? `Claimed: ${claimed.join(', ')}.` : 'None of the tasks you asked for could be claimed.';
  const lost = refused.map(({ id, why }) => `${id} (${why})`).join(', ');
  return [won, lost && `Not claimed: ${lost}.`].filter(Boolean).join('\n');
}

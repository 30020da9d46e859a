// The ports of the face, on the real world: journal, status files, panes, git, mail.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EffectError, Refusal } from '../core/errors.ts';
import { WorkerLive } from '../core/turn.ts';
import { followJournal } from '../disk/journal-follow.ts';
import type { Paths } from '../disk/paths.ts';
import { watchHint } from '../disk/watch.ts';
import { createGit } from '../git/git.ts';
import type { PaneBackend } from '../panes/contract.ts';
import { createBoard } from '../tasks/board.ts';
import type { Attachment, Mailbox, Ports, Size } from '../ui/ports.ts';
import { runOnTerminal } from './terminal.ts';
import { sendWish } from './wishes.ts';
import { type Latest, liveSupervisor } from './workspace.ts';

/** `panes` is null when the swarm's panes live in another process. `close` ends what the ports hold open. */
export function createPorts(
  paths: Paths,
  latest: Latest,
  panes: PaneBackend | null,
): Ports & { close(): Promise<void> } {
  const { swarm, state, end } = latest;
  const git = createGit({ paths, swarm, baseBranch: state.swarm?.base.branch ?? '' });
  const board = createBoard(paths.tasks);
  const undo = new Set<() => void>();
  let shown: { worker: string } & Size = { worker: '', cols: 0, rows: 0 };
  return {
    journal(onLines) {
      const stop = followJournal(paths.journal(swarm), onLines, { from: end });
      undo.add(stop);
      return () => {
        undo.delete(stop);
        stop();
      };
    },
    async live(workers) {
      const read = await Promise.all(workers.map((worker) => readLive(paths.status(worker))));
      return Object.fromEntries(read.flatMap((live) => (live ? [[live.worker, live] as const] : [])));
    },
    progress: (worker) => git.progress(worker).catch(() => null),
    async screen(worker, size) {
      if (!panes) return null;
      if (shown.worker !== worker || shown.cols !== size.cols || shown.rows !== size.rows) {
        shown = { worker, ...size };
        await panes.resize(worker, size.cols, size.rows).catch(() => {});
      }
      return (await panes.capture(worker))?.rows ?? null;
    },
    diff: (change) => git.diff(change.base, change.id),
    taskText: async (task) => (await board.read(task))?.text ?? null,
    send: async (wish) => {
      await sendWish(paths, wish);
    },
    attach: async (worker) => {
      if (!panes) throw new Refusal('the panes of this swarm live in another oompa tui');
      shown = { worker: '', cols: 0, rows: 0 };
      return lend(await panes.attach(worker));
    },
    mail: lateMailbox(paths),
    supervisorUp: async () => liveSupervisor(paths) !== null,
    async close() {
      for (const each of undo) each();
    },
  };
}

// The board needs no mail to be drawn, and what reads mail takes a while to load.
function lateMailbox(paths: Paths): Mailbox {
  let box: Promise<Omit<Mailbox, 'onHint'>> | null = null;
  const load = () => {
    box ??= import('./mailbox.ts').then(({ createMailbox }) => createMailbox(paths));
    return box;
  };
  return {
    list: async () => (await load()).list(),
    text: async (id) => (await load()).text(id),
    decide: async (id, decision) => (await load()).decide(id, decision),
    reply: async (id, text) => (await load()).reply(id, text),
    done: async (id) => (await load()).done(id),
    onHint: (listener) =>
      watchHint(
        ['new', 'cur'].map((folder) => join(paths.mail, 'operator', folder)),
        listener,
      ),
  };
}

function lend(attachment: Awaited<ReturnType<PaneBackend['attach']>>): Attachment {
  if (attachment.kind === 'inside') return attachment;
  return {
    kind: 'exec',
    async run() {
      const code = await runOnTerminal(attachment.argv, attachment.env);
      if (code !== 0)
        throw new EffectError({ code: 'attach-failed', message: 'the pane could not be entered, or it ended' });
    },
  };
}

async function readLive(path: string): Promise<WorkerLive | null> {
  try {
    return WorkerLive.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

// `oompa attach [worker]`: enters a worker's pane on this terminal.
import { exitCodes, Refusal } from '../../core/errors.ts';
import { workersOf } from '../../core/select.ts';
import { clientPanes } from '../panes.ts';
import { runOnTerminal } from '../terminal.ts';
import { needLatest, openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [wanted] }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const { state } = needLatest(paths);
  const workers = workersOf(state).filter((worker) => worker.pane !== null);
  const worker =
    wanted === undefined
      ? (workers.find((each) => each.status === 'working') ?? workers[0])
      : workers.find((each) => each.id === wanted);
  if (!worker) {
    throw new Refusal(wanted === undefined ? 'no worker has a pane' : `${wanted} has no pane`, {
      hint:
        workers.length > 0 ? `with a pane: ${workers.map((each) => each.id).join(', ')}` : 'start the swarm: oompa tui',
      exitCode: exitCodes.noinput,
    });
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new Refusal('oompa attach needs a terminal', {
      hint: `without one: oompa log ${worker.id}`,
      exitCode: exitCodes.usage,
    });
  }
  const panes = clientPanes(paths, state);
  if (!panes) {
    throw new Refusal('the panes of this swarm are embedded in oompa tui', {
      hint: `open oompa tui and press Enter on ${worker.id}`,
      exitCode: exitCodes.unavailable,
    });
  }
  const attachment = await panes.attach(worker.id);
  await panes.release();
  return attachment.kind === 'exec' ? runOnTerminal(attachment.argv, attachment.env) : exitCodes.unavailable;
}

// `oompa work <worker>`: the runner in a pane.
import { exitCodes, Refusal } from '../../core/errors.ts';
import { isId } from '../../core/ids.ts';
import { findRepo, pathsOf } from '../../disk/paths.ts';
import { createPost } from '../../mail/post.ts';
import { writeAgentBin } from '../../worker/agent-bin.ts';
import { runWorker } from '../../worker/runner.ts';
import { selfCommand } from '../entry.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [worker = ''], options }: Invocation): Promise<number> {
  const swarm = String(options.swarm ?? process.env.OOMPA_SWARM ?? '');
  if (!isId(worker) || !isId(swarm)) {
    throw new Refusal('oompa work is started by the supervisor, in a pane', {
      hint: 'start a swarm with oompa tui or oompa run',
      exitCode: exitCodes.usage,
    });
  }
  // Not by workspace.ts: it reads journals, and a runner would start by making the schemas of their lines.
  const paths = pathsOf(findRepo(process.env.OOMPA_ROOT ?? process.cwd()));
  await writeAgentBin(paths, selfCommand());
  const code = await runWorker({ paths, worker, swarm, post: createPost({ root: paths.mail }) });
  process.exit(code);
}

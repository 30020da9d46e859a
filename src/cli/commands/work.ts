// `oompa work <worker>`: the runner in a pane.
import { exitCodes, Refusal } from '../../core/errors.ts';
import { isId } from '../../core/ids.ts';
import { createPost } from '../../mail/post.ts';
import { runWorker } from '../../worker/runner.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [worker = ''], options }: Invocation): Promise<number> {
  const swarm = String(options.swarm ?? process.env.OOMPA_SWARM ?? '');
  if (!isId(worker) || !isId(swarm)) {
    throw new Refusal('oompa work is started by the supervisor, in a pane', {
      hint: 'start a swarm with oompa tui or oompa run',
      exitCode: exitCodes.usage,
    });
  }
  const paths = openWorkspace(process.env.OOMPA_ROOT ?? process.cwd());
  const code = await runWorker({ paths, worker, swarm, post: createPost({ root: paths.mail }) });
  process.exit(code);
}

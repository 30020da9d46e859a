// `oompa tui`: the screen. Starts the swarm of this repository, or goes on with it, unless only a look is wanted.
import { exitCodes, Refusal } from '../../core/errors.ts';
import { choosePanes } from '../../panes/choose.ts';
import { startDetached } from '../detach.ts';
import { openFace } from '../open-face.ts';
import { loadSettings } from '../settings.ts';
import { liveSupervisor, openWorkspace, readLatest } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ options, painted }: Invocation): Promise<number> {
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    throw new Refusal('oompa tui needs a terminal', {
      hint: 'without one: oompa run, oompa status',
      exitCode: exitCodes.usage,
    });
  }
  const paths = openWorkspace();
  const config = options.config as string | undefined;
  if (!options.watch && !liveSupervisor(paths)) {
    const latest = readLatest(paths);
    const going =
      latest?.state.swarm && latest.state.swarm.status !== 'stopped'
        ? latest.state.swarm.config
        : loadSettings(paths, config).config;
    const { kind } = await choosePanes(going.panes);
    const flags = [...(config ? ['--config', config] : []), ...(options.skipProbe ? ['--skip-probe'] : [])];
    if (kind === 'tmux') await startDetached(paths, flags);
    else return openFace(paths, { painted, embedded: { config, probe: options.skipProbe ? false : undefined } });
  }
  return openFace(paths, { painted });
}

// What a new swarm is started with: the config, what the command line says in place of it, and whether this machine can run it.
import { randomBytes } from 'node:crypto';
import { Config } from '../core/config.ts';
import type { Paths } from '../disk/paths.ts';
import { detectBase } from '../git/base.ts';
import { probeModels } from './probes.ts';
import { loadSettings } from './settings.ts';
import type { WorkerSeats } from './worker-seats.ts';

export interface Overrides {
  /** Config file; default: where loadSettings looks. Ignored when a swarm is gone on with. */
  config?: string | undefined;
  whenDone?: Config['when_done'] | undefined;
  approval?: string | undefined;
  /** False: the agents are not tried before the swarm starts. */
  probe?: boolean | undefined;
  /** In place of the workers of the config, and instead of a config where there is none. */
  workers?: WorkerSeats[] | undefined;
}

/** A new swarm, of which nothing is made yet. Throws a Refusal when config, agents or repository are not fit. */
export async function newSwarm(paths: Paths, overrides: Overrides) {
  const { config, configFile, models, providers } = wantedSettings(paths, overrides);
  const probed = config.probe ? await probeModels(paths, models) : null;
  const base = await detectBase(paths, config.base);
  return { swarm: randomBytes(4).toString('hex'), config, providers, configFile, base, probed };
}

/** What a new swarm would be started with: the config, with what the command line says in place. Only reads. */
export function wantedSettings(paths: Paths, overrides: Overrides) {
  const { config: loaded, file, models, providers } = loadSettings(paths, overrides.config, overrides.workers);
  const config = Config.parse({
    ...loaded,
    when_done: overrides.whenDone ?? loaded.when_done,
    approval: overrides.approval ?? loaded.approval,
    probe: overrides.probe ?? loaded.probe,
  });
  return { config, configFile: file, models, providers };
}

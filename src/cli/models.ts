// What the models of a config come to: their harnesses, whose service they ask, and whether `limits` means any of them.
import { clean } from '../core/clean.ts';
import { lanesIn } from '../core/lanes.ts';
import { seatsOf } from '../core/seats/kinds.ts';
import { configRefusal, type LoadedConfig } from '../disk/config.ts';
import { nearest } from '../disk/nearest.ts';
import { harnessOf, type Model } from '../harnesses/registry.ts';

export interface KnownModels {
  /** Model string → what it means; each once. */
  models: ReadonlyMap<string, Model>;
  /** Model string → whose service it asks, where that is known. */
  providers: Record<string, string>;
}

/** Throws a Refusal for a harness that is unknown or cannot be driven as is asked for, and for a limit that would hold back nobody. */
export function knowModels({ config, file }: Pick<LoadedConfig, 'config' | 'file'>): KnownModels {
  const seats = seatsOf(config).map(({ spec }) => spec);
  const models = new Map(seats.map(({ model }) => [model, harnessOf(model, config.harnesses)]));
  const providers: Record<string, string> = {};
  for (const [text, { provider }] of models) if (provider !== null) providers[text] = provider;
  const lanes = [...new Set([...models.keys()].flatMap((model) => lanesIn(model, providers)))];
  const mute = seats
    .filter(({ model, drive }) => drive === 'interactive' && models.get(model)?.harness.interactive === null)
    .map(({ model }) => clean(`workers.drive: ${model} has no terminal UI that oompa can drive; leave "drive" out`));
  const lost = Object.keys(config.limits)
    .filter((name) => !lanes.includes(name))
    .map((name) => {
      const near = nearest(name, lanes);
      const hint = near ? `did you mean "${near}"?` : `known here: ${lanes.join(', ')}`;
      return clean(`limits.${name}: no worker runs on this; ${hint}`);
    });
  const problems = [...new Set([...mute, ...lost])];
  if (problems.length > 0) throw configRefusal(file, problems);
  return { models, providers };
}

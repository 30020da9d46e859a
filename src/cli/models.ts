// What the models of a config come to: their harnesses, whose service they ask, and whether `limits` means any of them.
import { clean } from '../core/clean.ts';
import type { Config } from '../core/config.ts';
import { lanesIn } from '../core/lanes.ts';
import { seatsOf } from '../core/seats/kinds.ts';
import type { ConfigProblem } from '../disk/config-problems.ts';
import { nearest } from '../disk/nearest.ts';
import { harnessOf, type Model } from '../harnesses/registry.ts';

export interface KnownModels {
  /** Model string → what it means; each once. */
  models: ReadonlyMap<string, Model>;
  /** Model string → whose service it asks, where that is known. */
  providers: Record<string, string>;
}

/**
 * Of a config whose models are all known. Problems: a harness that cannot be driven as is asked for, a limit that would hold back nobody.
 * Throws a Refusal for a model that is not known.
 */
export function knowModels(config: Config): KnownModels & { problems: ConfigProblem[] } {
  const seats = seatsOf(config).map(({ spec }) => spec);
  const models = new Map(seats.map(({ model }) => [model, harnessOf(model, config.harnesses)]));
  const providers: Record<string, string> = {};
  for (const [text, { provider }] of models) if (provider !== null) providers[text] = provider;
  const lanes = [...new Set([...models.keys()].flatMap((model) => lanesIn(model, providers)))];
  const mute = config.workers.flatMap(({ model, drive }, n) =>
    drive === 'interactive' && models.get(model)?.harness.interactive === null
      ? [
          {
            field: `workers[${n}].drive`,
            what: clean(`${model} has no terminal UI that oompa can drive; leave "drive" out`),
          },
        ]
      : [],
  );
  const lost = Object.keys(config.limits)
    .filter((name) => !lanes.includes(name))
    .map((name) => {
      const near = nearest(name, lanes);
      const hint = near ? `did you mean "${near}"?` : `known here: ${lanes.join(', ')}`;
      return { field: clean(`limits.${name}`), what: clean(`no worker runs on this; ${hint}`) };
    });
  return { models, providers, problems: [...mute, ...lost] };
}

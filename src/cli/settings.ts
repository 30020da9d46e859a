// oompa.json as a swarm takes it: checked in full, with every model string in its whole form, so that core need not know model names.
import type { Config, ConfigInput } from '../core/config.ts';
import { Refusal } from '../core/errors.ts';
import { mapLanes, mapModels } from '../core/models.ts';
import { type InspectedConfig, inspectConfig, type LoadedConfig, usable } from '../disk/config.ts';
import type { ConfigProblem } from '../disk/config-problems.ts';
import type { Paths } from '../disk/paths.ts';
import { wholeModel } from '../harnesses/registry.ts';
import { type KnownModels, knowModels } from './models.ts';

/** Loads the config, and what its models mean. Throws a Refusal that tells every problem. */
export function loadSettings(
  paths: Pick<Paths, 'root' | 'config'>,
  file?: string,
  workers?: ConfigInput['workers'],
): LoadedConfig & KnownModels {
  const loaded = usable(inspectSettings(paths, file, workers));
  return { ...loaded, ...knowModels(loaded.config) };
}

/** The config with whatever is wrong with it, model strings and limits included. Throws as inspectConfig does. */
export function inspectSettings(
  paths: Pick<Paths, 'root' | 'config'>,
  file?: string,
  workers?: ConfigInput['workers'],
): InspectedConfig {
  const inspected = inspectConfig(paths, file, workers);
  if (!inspected.config) return inspected;
  const { config, problems } = writeOut(inspected.config);
  // What limits and drives are about can only be said of models that are known.
  const more = problems.length > 0 ? problems : knowModels(config).problems;
  return { ...inspected, config, problems: [...inspected.problems, ...more] };
}

/** Model strings in their whole form. A lane may be the name of a provider, too: what is no model stays as it is. */
function writeOut(config: Config): { config: Config; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const whole = (model: string, refused: (refusal: Refusal) => void) => {
    try {
      return wholeModel(model, config.harnesses);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused(error);
      return model;
    }
  };
  const models = mapModels(config, (model, field) =>
    whole(model, ({ message, hint }) => problems.push({ field, what: `${message}${hint ? `; ${hint}` : ''}` })),
  );
  return { config: mapLanes(models, (lane) => whole(lane, () => {})), problems };
}

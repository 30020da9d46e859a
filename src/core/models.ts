// The model strings of a config: the one place that knows where they stand.
import { type Config, type Reviewer, reviewerKeys } from './config.ts';

/** The config with every model string put through `change`; `field` says where it stands (`workers[0].model`). */
export function mapModels(config: Config, change: (model: string, field: string) => string): Config {
  const one = <T extends { model: string }>(spec: T, field: string): T => ({
    ...spec,
    model: change(spec.model, `${field}.model`),
  });
  const reviewing = <T extends Pick<Config, (typeof reviewerKeys)[number]>>(from: T, before: string): T => {
    const mapped = reviewerKeys.flatMap((key): [string, Reviewer | Reviewer[]][] => {
      const value = from[key];
      const field = `${before}${key}`;
      if (Array.isArray(value)) return [[key, value.map((each, n) => one(each, `${field}[${n}]`))]];
      return value ? [[key, one(value, field)]] : [];
    });
    return { ...from, ...Object.fromEntries(mapped) };
  };
  const workers = config.workers.map((worker, n) => reviewing(one(worker, `workers[${n}]`), `workers[${n}].`));
  const { planner } = config;
  return reviewing({ ...config, workers, ...(planner ? { planner: one(planner, 'planner') } : {}) }, '');
}

/** The same of its lanes: the keys of `limits` and `prices`. */
export function mapLanes(config: Config, change: (lane: string) => string): Config {
  const map = <T>(entries: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(entries).map(([lane, value]) => [change(lane), value]));
  return { ...config, limits: map(config.limits), prices: map(config.prices) };
}

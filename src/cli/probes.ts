// Tries each agent of a config before a swarm starts. What was well a short while ago is not asked again: a CLI takes seconds to answer.
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import * as z from 'zod';
import { exitCodes, Refusal } from '../core/errors.ts';
import { writeAtomic } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import { findProgram, programPath } from '../harnesses/program.ts';
import type { Model } from '../harnesses/registry.ts';

/** Hash of what was tried → when it was well, ISO 8601. */
const Probes = z.record(z.string(), z.string());
export type Probes = z.infer<typeof Probes>;

const freshMs = 10 * 60_000;

/**
 * Refuses a model that cannot be started on this machine. Resolves to what is known to be well now, for `rememberProbes`: nothing is
 * written here, because nothing has begun yet.
 */
export async function probeModels(paths: Paths, models: ReadonlyMap<string, Model>): Promise<Probes> {
  const known = await readProbes(paths.probes);
  const probed = await Promise.all(
    Array.from(models, async ([text, model]): Promise<[string, string][]> => {
      const key = await keyOf(text, model, paths.root);
      const before = key === null ? undefined : known[key];
      if (key !== null && before !== undefined) return [[key, before]];
      const { ok, problem, hint } = await model.harness.check({ ...model, root: paths.root }, model.env);
      if (ok) return key === null ? [] : [[key, new Date().toISOString()]];
      throw new Refusal(`the model "${text}" cannot be used: ${problem}`, {
        hint: hint ?? undefined,
        exitCode: exitCodes.unavailable,
      });
    }),
  );
  return { ...known, ...Object.fromEntries(probed.flat()) };
}

/** One that cannot be kept is asked again the next time: errors are dropped. */
export async function rememberProbes(paths: Paths, probes: Probes): Promise<void> {
  await writeAtomic(paths.probes, `${JSON.stringify(probes)}\n`, { sync: false }).catch(() => {});
}

async function readProbes(path: string): Promise<Probes> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    const now = Date.now();
    const fresh = Object.entries(Probes.parse(JSON.parse(text))).filter(([, at]) => {
      const age = now - Date.parse(at);
      return age >= 0 && age < freshMs;
    });
    return Object.fromEntries(fresh);
  } catch {
    return {};
  }
}

/** Names the program as it is on the disk, the model, and all of the environment that the harness sees; null where there is no program to name. */
async function keyOf(text: string, { harness, bin, env }: Model, root: string): Promise<string | null> {
  const found = bin ? await findProgram(programPath(bin, root)) : null;
  if (!found) return null;
  const path = await realpath(found);
  const { mtimeMs, size } = await stat(path);
  const seen = Object.entries(process.env).filter(
    ([name]) => /^(?:HOME|PATH)$/.test(name) || harness.passes?.test(name),
  );
  const facts = [text, path, mtimeMs, size, Object.entries(env), seen.sort()];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

// Which harnesses there are, and what a model string means. A new harness is one file and one line here.
import type { HarnessAlias } from '../core/config.ts';
import { Refusal } from '../core/errors.ts';
import { nearest } from '../disk/nearest.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { command } from './command.ts';
import type { Harness, Launch } from './contract.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';

export const harnesses: readonly Harness[] = [claude, codex, opencode, gemini, command];

export interface Model extends Omit<Launch, 'root'> {
  harness: Harness;
  reasoning: string | null;
  /** Whose service it asks; null where that is not known. */
  provider: string | null;
  /** What the alias adds to the environment. */
  env: Readonly<Record<string, string>>;
}

export type Aliases = Readonly<Record<string, HarnessAlias>>;

/** Words that count as reasoning effort after the last colon. Anything else there belongs to the model (`openrouter/x:free`). */
const efforts: readonly string[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/**
 * Reads `harness[:model[:reasoning]]`, where the harness may be an alias; an alias that is named like a harness stands in for it. Throws
 * a Refusal for an unknown harness that names the known ones and the nearest.
 */
export function harnessOf(text: string, aliases: Aliases = {}, known: readonly Harness[] = harnesses): Model {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  const harness = known.find((each) => each.name === (alias?.base ?? name));
  if (!harness) throw alias ? unknownBase(name, alias.base, known) : unknownHarness(text, name, aliases, known);
  const launch = { harness, bin: alias?.bin ?? harness.bin, args: alias?.args ?? [], env: alias?.env ?? {} };
  const last = rest.lastIndexOf(':');
  const effort = rest.slice(last + 1);
  const reasoned = harness.can.reasoning && last >= 0 && efforts.includes(effort);
  const model = reasoned ? rest.slice(0, last) : rest;
  const provider = alias?.provider ?? harness.provider(model);
  return { ...launch, model, reasoning: reasoned ? effort : null, provider };
}

function unknownHarness(text: string, name: string, aliases: Aliases, known: readonly Harness[]): Refusal {
  const names = [...new Set([...Object.keys(aliases), ...known.map((each) => each.name)])];
  const near = nearest(name, names);
  return new Refusal(`unknown harness "${name}" in the model "${text}"; known: ${names.join(', ')}`, {
    hint: near
      ? `did you mean "${near}${text.slice(name.length)}"?`
      : `write one of ${names.map((each) => `${each}:…`).join(', ')}`,
  });
}

function unknownBase(alias: string, base: string, known: readonly Harness[]): Refusal {
  const names = known.map((each) => each.name);
  const near = nearest(base, names);
  return new Refusal(`harnesses.${alias}.base: unknown harness "${base}"; known: ${names.join(', ')}`, {
    hint: near ? `did you mean "${near}"?` : `write one of ${names.join(', ')}`,
  });
}

// Which harnesses there are, and what a model string means. A new harness is one file and one line here.

import { Refusal } from '../core/errors.ts';
import type { HarnessAlias } from '../core/harness.ts';
import { efforts } from '../core/model.ts';
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

/**
 * Reads `harness[:model[:reasoning]]`, where the harness may be an alias; an alias that is named like a harness stands in for it. A bare
 * model name belongs to the harness that claims it. Throws a Refusal for an unknown harness that names the known ones and the nearest.
 */
export function harnessOf(text: string, aliases: Aliases = {}, known: readonly Harness[] = harnesses): Model {
  const { name, rest } = partsOf(wholeModel(text, aliases, known));
  const alias = aliasOf(name, aliases);
  const harness = known.find((each) => each.name === (alias?.base ?? name));
  if (!harness) throw unknownBase(name, alias?.base ?? name, known);
  const launch = { harness, bin: alias?.bin ?? harness.bin, args: alias?.args ?? [], env: alias?.env ?? {} };
  const last = rest.lastIndexOf(':');
  const effort = rest.slice(last + 1);
  const reasoned = harness.can.reasoning && last >= 0 && efforts.includes(effort);
  const model = reasoned ? rest.slice(0, last) : rest;
  const provider = alias?.provider ?? harness.provider(model);
  return { ...launch, model, reasoning: reasoned ? effort : null, provider };
}

/** A model string with its harness before it: `gpt-5.4:xhigh` is `codex:gpt-5.4:xhigh`. Throws as harnessOf does. */
export function wholeModel(text: string, aliases: Aliases = {}, known: readonly Harness[] = harnesses): string {
  const { name, rest } = partsOf(text);
  if (aliasOf(name, aliases) || known.some((each) => each.name === name)) return text;
  const bare = rest === '' || efforts.includes(rest);
  const owner = bare ? known.find((each) => each.models?.test(name)) : undefined;
  if (!owner) throw unknownHarness(text, name, aliases, known);
  return `${owner.name}:${text}`;
}

function partsOf(text: string): { name: string; rest: string } {
  const colon = text.indexOf(':');
  return colon < 0 ? { name: text, rest: '' } : { name: text.slice(0, colon), rest: text.slice(colon + 1) };
}

function aliasOf(name: string, aliases: Aliases): HarnessAlias | undefined {
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
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

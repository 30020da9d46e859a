// Which harnesses there are, and what a model string means. A new harness is one file and one line here.
import { Refusal } from '../core/errors.ts';
import { nearest } from '../disk/nearest.ts';
import { command } from './command.ts';
import type { Harness } from './contract.ts';

export const harnesses: readonly Harness[] = [command];

export interface Model {
  harness: Harness;
  /** What follows the harness name; empty for the harness's own default. */
  model: string;
  reasoning: string | null;
}

/** Words that count as reasoning effort after the last colon. Anything else there belongs to the model (`openrouter/x:free`). */
const efforts: readonly string[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Reads `harness[:model[:reasoning]]`. Throws a Refusal for an unknown harness that names the known ones and the nearest. */
export function harnessOf(text: string, known: readonly Harness[] = harnesses): Model {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  const harness = known.find((each) => each.name === name);
  if (!harness) {
    const names = known.map((each) => each.name);
    const near = nearest(name, names);
    throw new Refusal(`unknown harness "${name}" in the model "${text}"; known: ${names.join(', ')}`, {
      hint: near
        ? `did you mean "${near}${text.slice(name.length)}"?`
        : `write one of ${names.map((each) => `${each}:…`).join(', ')}`,
    });
  }
  const last = rest.lastIndexOf(':');
  const effort = rest.slice(last + 1);
  if (harness.can.reasoning && last >= 0 && efforts.includes(effort))
    return { harness, model: rest.slice(0, last), reasoning: effort };
  return { harness, model: rest, reasoning: null };
}

// All types of typed messages, and their names.
import { talkTypes } from './talk.ts';
import { workTypes } from './work.ts';

export const swarmTypes = { ...workTypes, ...talkTypes };
export type SwarmType = keyof typeof swarmTypes;

export function isSwarmType(text: string): text is SwarmType {
  return Object.hasOwn(swarmTypes, text);
}

/** Other names that AgentOps has for a type. */
const aliases: Readonly<Record<string, SwarmType>> = { ACCEPTED: 'BEAD_ACCEPTED' };

/** The type that a word names, in any case, with blanks or hyphens for `_`. */
export function typeNamed(word: string): SwarmType | null {
  const name = word.toUpperCase().replace(/[\s-]/g, '_');
  if (isSwarmType(name)) return name;
  return Object.hasOwn(aliases, name) ? (aliases[name] ?? null) : null;
}

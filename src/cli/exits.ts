// What a command that failed exits with: the codes of sysexits, or a group's own.
import { CommanderError } from 'commander';
import { EffectError, exitCodes, Refusal } from '../core/errors.ts';

/** Exit codes by the kind of trouble. `failures` are EffectErrors by their code. */
export interface Exits {
  usage: number;
  refusal: (refusal: Refusal) => number;
  failures: Readonly<Record<string, number>>;
  failure: number;
}

export const sysexits: Exits = {
  usage: exitCodes.usage,
  refusal: ({ exitCode }) => exitCode,
  failures: {},
  failure: exitCodes.ioerr,
};

/** Exit codes of `oompa mail` and `oompa lease`, which scripts of agents branch on. */
export const agentExitCodes = {
  /** Nothing found, nothing to do, or waited in vain. */
  nothing: 1,
  usage: 2,
  invalid: 3,
  denied: 4,
  keyConflict: 5,
  partly: 6,
  damaged: 7,
} as const;

export const agentExits: Exits = {
  usage: agentExitCodes.usage,
  refusal: ({ exitCode }) => refusals[exitCode] ?? agentExitCodes.invalid,
  failures: {
    'bad-address': agentExitCodes.invalid,
    'bad-body': agentExitCodes.invalid,
    'bad-fields': agentExitCodes.invalid,
    'bad-header': agentExitCodes.invalid,
    'bad-path': agentExitCodes.invalid,
    'no-mailbox': agentExitCodes.invalid,
    'too-big': agentExitCodes.invalid,
    'not-found': agentExitCodes.nothing,
    denied: agentExitCodes.denied,
    'key-conflict': agentExitCodes.keyConflict,
    partly: agentExitCodes.partly,
  },
  failure: agentExitCodes.damaged,
};

const refusals: Readonly<Record<number, number>> = {
  [exitCodes.usage]: agentExitCodes.usage,
  [exitCodes.dataerr]: agentExitCodes.invalid,
  [exitCodes.noinput]: agentExitCodes.nothing,
  [exitCodes.unavailable]: agentExitCodes.nothing,
  [exitCodes.noperm]: agentExitCodes.denied,
  [exitCodes.tempfail]: agentExitCodes.damaged,
};

/** The code for an error of the world or of the caller; null for a defect of ours. */
export function exitOf(error: unknown, exits: Exits): number | null {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exits.usage;
  if (error instanceof Refusal) return exits.refusal(error);
  if (error instanceof EffectError) return exits.failures[error.code] ?? exits.failure;
  return null;
}

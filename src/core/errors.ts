// The four kinds of trouble, by who must act: an outcome is an event, a failure is an EffectError, a refusal is the
// operator's to mend, a defect is ours.

/** Exit codes of sysexits.h that oompa uses. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 64,
  dataerr: 65,
  noinput: 66,
  unavailable: 69,
  software: 70,
  cantcreat: 73,
  ioerr: 74,
  tempfail: 75,
  noperm: 77,
  config: 78,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface EffectErrorInit {
  /** A stable word for programs, kebab-case: `no-space`, `git-failed`, `pane-gone`. */
  code: string;
  message: string;
  /** Whether the same call may work later without anybody changing anything. */
  retryable?: boolean;
  /** What a person can do about it. */
  hint?: string | undefined;
  cause?: unknown;
}

/** A hand slipped: an adapter could not do what an effect asked for. Turned into `effect.failed` in one place. */
export class EffectError extends Error {
  override readonly name = 'EffectError';
  readonly code: string;
  readonly retryable: boolean;
  readonly hint: string | undefined;

  constructor(init: EffectErrorInit) {
    super(init.message, { cause: init.cause });
    this.code = init.code;
    this.retryable = init.retryable ?? false;
    this.hint = init.hint;
  }
}

/** The operator must change something. Printed once, as `message` and `hint`; the process exits with `exitCode`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: { hint?: string | undefined; exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? exitCodes.config;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node.js system error (`ENOENT`, `EEXIST`, …), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

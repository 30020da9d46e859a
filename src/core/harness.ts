// How a harness is run: what the config says and a turn carries. Apart from the rest of the config, which a runner never reads.
import * as z from 'zod';

/**
 * How the harness is run. `print`: one process a turn, without a terminal. `interactive`: its own terminal UI in the pane, for as long as
 * the conversation lasts; a person may type into it.
 */
export const Drive = z.enum(['print', 'interactive']);
export type Drive = z.infer<typeof Drive>;

/** Whether a harness asks before it uses a tool. `ask`: by its own settings, and a person answers. */
export const Permissions = z.enum(['skip', 'ask']);
export type Permissions = z.infer<typeof Permissions>;

/** Another name for a harness, with a program, arguments or environment of its own: several accounts side by side. */
export const HarnessAlias = z.strictObject({
  /** The harness it stands for. */
  base: z.string().min(1),
  /** Its program: a name, or a path (relative to the repository). Default: that of the harness. */
  bin: z.string().min(1).optional(),
  /** Added to the environment. Plain text in the journal and in mail: point to a login, do not put a key here. */
  env: z.record(z.string(), z.string()).default({}),
  /** Added to the arguments of the harness. */
  args: z.array(z.string()).default([]),
  /** Whose service it asks, where that is not the harness's own: a gateway, another cloud. */
  provider: z.string().min(1).optional(),
});
export type HarnessAlias = z.output<typeof HarnessAlias>;

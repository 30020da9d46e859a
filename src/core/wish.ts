// What the operator asks of `lead`. Travels as JSON mail from `operator` (mail type `wish`).
import * as z from 'zod';
import { Id, Sha } from './ids.ts';
import { Choice } from './turn.ts';

export const Wish = z.discriminatedUnion('wish', [
  /** Binds what was on the screen: lead refuses it when head, base or checks are no longer these. */
  z.object({ wish: z.literal('approve'), change: Sha, head: Sha, base: Sha, checks: z.string() }),
  z.object({ wish: z.literal('reject'), change: Sha, note: z.string() }),
  z.object({ wish: z.literal('pause'), worker: Id }),
  z.object({ wish: z.literal('resume'), worker: Id }),
  z.object({ wish: z.literal('stop-worker'), worker: Id }),
  z.object({ wish: z.literal('add-worker'), like: Id.nullable() }),
  z.object({ wish: z.literal('remove-worker') }),
  /** Answers what the worker's harness asks; `ask` names what was on the screen. */
  z.object({ wish: z.literal('answer'), worker: Id, ask: Id, choice: Choice }),
  z.object({ wish: z.literal('requeue'), tasks: z.array(Id) }),
  z.object({ wish: z.literal('stop') }),
]);
export type Wish = z.infer<typeof Wish>;

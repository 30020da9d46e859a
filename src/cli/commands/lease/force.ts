// `oompa lease force [paths...]`: takes leases from others, and may give them to somebody in the same moment.
import { exitCodes } from '../../../core/errors.ts';
import { ownerOf } from '../../leases.ts';
import type { Invocation } from '../index.ts';
import { callerOf, selectionOf, tell, textOf } from './said.ts';

export async function run({ args, options }: Invocation): Promise<number> {
  const { leases, paths, address } = await callerOf(options);
  const heir = textOf(options.for);
  const request = heir === null ? undefined : { owner: ownerOf(paths, heir), task: textOf(options.task) };
  const taken = await leases.force(selectionOf(args, options), address, textOf(options.message), request);
  const code = tell('forced', taken, options);
  // With an heir, that nobody held them is no failure.
  return heir === null ? code : exitCodes.ok;
}

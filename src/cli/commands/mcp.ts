// `oompa mcp`: mail as tools, for agents whose CLI starts this beside itself.
import { exitCodes } from '../../core/errors.ts';
import { openMailroom } from '../mailroom.ts';
import { serve } from '../mcp/server.ts';

export async function run(): Promise<number> {
  // Outside a repository it is refused here, not in every call.
  await openMailroom();
  await serve();
  return exitCodes.ok;
}

// `oompa lint`: every problem of tasks and config with file, field and what to do; exit 65 when there is one.
import { clean } from '../../core/clean.ts';
import { exitCodes } from '../../core/errors.ts';
import { lint, type Problem } from '../lint.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ options }: Invocation): Promise<number> {
  const { problems, tasks } = await lint(openWorkspace(), options.config as string | undefined);
  const ok = problems.length === 0;
  if (options.json) console.log(JSON.stringify({ ok, tasks, problems }, null, 2));
  else if (ok) console.log(`all is well: the config, its prompts, and ${tasks} task${tasks === 1 ? '' : 's'}`);
  else
    console.log(
      [...problems.map(line), '', `${problems.length} problem${problems.length === 1 ? '' : 's'}`].join('\n'),
    );
  return ok ? exitCodes.ok : exitCodes.dataerr;
}

function line({ file, field, problem, hint }: Problem): string {
  const where = field === null ? file : `${file}: ${field}`;
  return `${clean(`${where}: ${problem}`, { lines: true })}${hint === null ? '' : `\n    → ${clean(hint)}`}`;
}

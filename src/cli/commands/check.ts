// `oompa check`: tries every part once for real (git, worktree, panes, config, each harness) and says how to mend what fails.
import { clean } from '../../core/clean.ts';
import { EffectError, exitCodes, messageOf, Refusal } from '../../core/errors.ts';
import { type Checked, checkAll } from '../check-parts.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const results: Checked[] = [];
  for (const { name, check } of await checkAll(paths, options.config as string | undefined)) {
    const result = await check().then(
      (detail): Checked => ({ name, ok: true, detail, hint: null }),
      (error: unknown): Checked => ({ name, ok: false, detail: clean(messageOf(error)), hint: hintOf(error) }),
    );
    results.push(result);
    if (!options.json) console.log(line(result));
  }
  const failed = results.filter((each) => !each.ok);
  if (options.json) console.log(JSON.stringify({ ok: failed.length === 0, checks: results }, null, 2));
  else console.log(failed.length === 0 ? '\nall is well' : `\n${failed.length} of ${results.length} failed`);
  return failed.length === 0 ? exitCodes.ok : exitCodes.failed;
}

function line({ name, ok, detail, hint }: Checked): string {
  return `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(18)}  ${clean(detail)}${hint ? `\n      ${''.padEnd(18)}  → ${clean(hint)}` : ''}`;
}

function hintOf(error: unknown): string | null {
  return (error instanceof EffectError || error instanceof Refusal ? error.hint : undefined) ?? null;
}

// `oompa check`: every part tried once for real; what fails says how to mend it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oompa } from './program.ts';
import { emptyFolder, makeRepository } from './repository.ts';

test('tells of each agent whether it is there, and whether somebody is logged in', async () => {
  const bin = join(emptyFolder(), 'claude');
  const answer = (loggedIn: string) =>
    writeFileSync(bin, `#!/bin/sh\ncase $1 in --version) echo 2.1.0 ;; *) echo '{"loggedIn": ${loggedIn}}' ;; esac\n`, {
      mode: 0o755,
    });
  const harnesses = { mine: { base: 'claude', bin } };
  const { root } = makeRepository({ config: { workers: [{ model: 'mine:opus' }], harnesses } });
  const check = async () => {
    const { code, out } = await oompa(['check', '--json'], { cwd: root });
    const { ok, checks } = JSON.parse(out);
    expect(checks.slice(0, -1).filter((each: { ok: boolean }) => !each.ok)).toEqual([]);
    return { code, ok, ...checks.at(-1) };
  };
  answer('true');
  expect(await check()).toEqual({ code: 0, ok: true, name: 'mine:opus', detail: '2.1.0, logged in', hint: null });
  answer('false');
  expect(await check()).toMatchObject({ code: 1, ok: false, detail: '2.1.0, not logged in' });
  expect((await check()).hint).toMatch(/^log in: claude auth login/);
  answer('"who knows"');
  expect(await check()).toMatchObject({ code: 0, detail: '2.1.0' });
});

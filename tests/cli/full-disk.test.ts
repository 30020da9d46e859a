// A full disk: told plainly, nothing lost, and once there is room everything goes on. On a small file system of its own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { expect, test } from 'vitest';
import { entry, plainEnv } from './program.ts';
import { emptyFolder, makeRepository } from './repository.ts';

const { failed, stderr } = execaSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=64k none /mnt'], {
  reject: false,
});
if (failed) console.log(`full-disk tests are skipped: no file system can be mounted here (${stderr})`);

/** Copies the repository to a small file system, runs `script` there, and the swarm to its end with `$oompa`. */
async function onSmallDisk(script: string): Promise<{ code: number | undefined; out: string }> {
  const { root } = makeRepository({ tasks: ['one', 'two'] });
  const disk = emptyFolder();
  const { exitCode, all } = await execa(
    'unshare',
    [
      '-Urm',
      'sh',
      '-c',
      `mount -t tmpfs -o size=1600k none "$2" && cp -R "$1/." "$2" && cd "$2" && ${script}`,
      'sh',
      root,
      disk,
    ],
    {
      env: plainEnv({ NODE: process.execPath, OOMPA: entry }),
      extendEnv: false,
      reject: false,
      all: true,
      stdin: 'ignore',
    },
  );
  expect(existsSync(join(disk, 'oompa.json')), 'the small disk went with its namespace').toBe(false);
  return { code: exitCode, out: all };
}

const run = '"$NODE" "$OOMPA" run --until-done --approval=auto';
const fill = 'dd if=/dev/zero of=fill bs=4k status=none 2>/dev/null';

test.skipIf(failed)('at the start: exit 74, and the board is as it was', async () => {
  const { code, out } = await onSmallDisk(`${fill}; ${run}; echo "code $?"; ls tasks/*; rm fill; ${run}`);
  expect(out).toMatch(/oompa: cannot write .*ENOSPC.*\n {2}the disk is full: free some space/);
  expect(out).toContain('code 74');
  expect(out).toContain('one.json\ntwo.json');
  expect(out).toMatch(/^two +merged/m);
  expect(code).toBe(0);
});

test.skipIf(failed)('in the middle of a run: once there is room the same run brings everything home', async () => {
  // The agent itself fills the disk in its first turn, so that neither its answer nor anything after it can be written.
  const filling =
    '2i [ -e ../../../../full ] || { dd if=/dev/zero of=../../../../fill bs=4k status=none; : >../../../../full; }';
  const script = [
    `sed -i '${filling}' agent.sh`,
    `{ ${run} & until [ -e full ]; do sleep 0.1; done; sleep 1; rm fill; wait $!; }`,
    'git log --format=%s --merges && git fsck --strict',
  ].join(' && ');
  const { code, out } = await onSmallDisk(script);
  expect(out).not.toContain('defect');
  expect(out.match(/^Merge (one|two) from/gm)?.sort()).toEqual(['Merge one from', 'Merge two from']);
  expect(out).not.toMatch(/^(error|missing|broken|corrupt)/m);
  expect(code, out).toBe(0);
});

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findTagged, identityOf, isAlive, killGroup, processStart, sweepTagged } from '../../src/disk/process.ts';
import { freshFolder } from './folder.ts';

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

/** A shell in its own group that writes `ready` once it has begun. */
const shell = async (script: string, env: Record<string, string> = {}) => {
  const ready = join(freshFolder(), 'ready');
  const child = spawn('sh', ['-c', `${script.replaceAll('READY', `echo > ${ready}`)}`], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, ...env },
  });
  const pid = child.pid ?? 0;
  onTestFinished(() => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Gone, as it should be.
    }
  });
  await until(() => expect(readFileSync(ready, 'utf8')).toBe('\n'));
  return { child, pid, ready };
};

describe('identity', () => {
  it('is that of a running process and of no other', () => {
    const me = identityOf();
    expect(isAlive(me)).toBe(true);
    expect(isAlive({ ...me, start: `${me.start}0` })).toBe(false);
    expect(isAlive({ ...me, boot: 'x' })).toBe(false);
    for (const pid of [0, -1, 1.5, 2 ** 30]) expect(processStart(pid)).toBeNull();
    expect(() => identityOf(2 ** 30)).toThrow(expect.objectContaining({ code: 'no-process' }));
  });

  it('is read right whatever the program is called, and a zombie is dead', async () => {
    const folder = freshFolder();
    const named = join(folder, 'a) Z (b');
    writeFileSync(named, '#!/bin/sh\nread x\n', { mode: 0o755 });
    const child = spawn(named, [], { stdio: ['pipe', 'ignore', 'ignore'] });
    const pid = child.pid ?? 0;
    await until(() => expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('a) Z (b\n'));
    expect(processStart(pid)).toMatch(/^\d+$/);

    // exec replaces the shell by a program that never reaps its child.
    const parent = await shell('sh -c "echo \\$\\$ > \\"$PIDS\\"" & READY; exec sleep 60', {
      PIDS: join(folder, 'pid'),
    });
    const zombie = () => Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await until(() => expect(readFileSync(`/proc/${zombie()}/stat`, 'utf8')).toContain(') Z '));
    expect(processStart(zombie())).toBeNull();
    child.stdin?.end();
    await killGroup(parent.pid, { graceMs: 1_000 });
  });
});

describe('killGroup', () => {
  it('ends a group politely', async () => {
    const folder = freshFolder();
    const { pid } = await shell(`trap 'echo bye > ${folder}/bye; exit' TERM; READY; while :; do sleep 0.05; done`);
    await killGroup(pid, { graceMs: 20_000 });
    expect(readFileSync(join(folder, 'bye'), 'utf8')).toBe('bye\n');
    expect(processStart(pid)).toBeNull();
    await killGroup(pid);
  });

  it('kills what does not hear TERM, grandchildren and stopped ones too', async () => {
    const tag = `k${process.pid}-${Math.random()}`;
    const script = `trap '' TERM; (trap '' TERM; sleep 60) & sleep 61 & kill -STOP $!; READY; wait; sleep 60`;
    const { pid } = await shell(script, { OOMPA_TEST: tag });
    expect(findTagged('OOMPA_TEST', tag).length).toBeGreaterThanOrEqual(3);
    await killGroup(pid, { graceMs: 100 });
    expect(findTagged('OOMPA_TEST', tag)).toEqual([]);
  });

  it.each([0, 1, -5, 1.5, process.pid])('refuses group %s', async (group) => {
    await expect(killGroup(group)).rejects.toMatchObject({ code: 'not-ours' });
  });
});

describe('sweepTagged', () => {
  it('ends those that carry the tag, wherever they fled, and nobody else', async () => {
    const value = `t${process.pid}-${Math.random()}`;
    const script = `setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' & READY; exec sleep 60`;
    const tagged = await shell(script, { OOMPA_TEST: value });
    const other = await shell('READY; exec sleep 60', { OOMPA_TEST: `${value}x` });
    await until(() => expect(findTagged('OOMPA_TEST', value).length).toBeGreaterThanOrEqual(2));
    const ended = await sweepTagged('OOMPA_TEST', value, { graceMs: 200 });
    expect(ended).toContain(tagged.pid);
    expect(ended.length).toBeGreaterThanOrEqual(2);
    expect(findTagged('OOMPA_TEST', value)).toEqual([]);
    expect(processStart(other.pid)).not.toBeNull();
    expect(await sweepTagged('OOMPA_TEST', value)).toEqual([]);
  });

  it('spares itself and its ancestors', async () => {
    // The process that sweeps and its parent carry the tag; only the sleep beside them must end.
    const folder = freshFolder();
    const value = `s${process.pid}-${Math.random()}`;
    const sweep = join(folder, 'sweep.ts');
    const module = join(import.meta.dirname, '../../src/disk/process.ts');
    writeFileSync(
      sweep,
      `import { sweepTagged } from ${JSON.stringify(module)};
       import { writeFileSync } from 'node:fs';
       writeFileSync(process.argv[3], JSON.stringify(await sweepTagged('OOMPA_TEST', process.argv[2], { graceMs: 5000 })));`,
    );
    const script = `sleep 60 & echo $! > ${folder}/victim; READY; "${process.execPath}" ${sweep} ${value} ${folder}/ended; echo alive > ${folder}/alive`;
    await shell(script, { OOMPA_TEST: value });
    await until(() => expect(readFileSync(join(folder, 'alive'), 'utf8')).toBe('alive\n'));
    const victim = Number(readFileSync(join(folder, 'victim'), 'utf8'));
    expect(JSON.parse(readFileSync(join(folder, 'ended'), 'utf8'))).toEqual([victim]);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { acquireLock, inSection, readLock } from '../../src/disk/lock.ts';
import { bootId, processStart } from '../../src/disk/process.ts';
import { freshFolder } from './folder.ts';

const racer = (path: string, gate: string) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'take-lock.ts'), path, gate], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => said.push(...text.trim().split('\n')));
  return { child, said };
};

const kill = async (child: ChildProcess) => {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

const until = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 20 });

describe('the lock', () => {
  it('refuses a second taker, naming who holds it and what to do', async () => {
    const path = join(freshFolder(), 'lock');
    expect(readLock(path)).toBeNull();
    const lock = await acquireLock(path, { role: 'supervisor' });
    expect(readLock(path)).toEqual({
      pid: process.pid,
      start: processStart(process.pid),
      boot: bootId(),
      role: 'supervisor',
      since: expect.stringMatching(/^\d{4}-/),
      alive: true,
    });
    await expect(acquireLock(path, { role: 'supervisor' })).rejects.toMatchObject({
      name: 'Refusal',
      exitCode: 75,
      message: expect.stringContaining(`process ${process.pid}, since `),
      hint: expect.stringMatching(/oompa tui.*oompa stop/),
    });
    await lock.release();
    await lock.release();
    expect(readLock(path)).toBeNull();
    await (await acquireLock(path, { role: 'supervisor' })).release();
    expect(readdirSync(path).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is taken over from a killed owner by exactly one of 30 racing processes', { timeout: 120_000 }, async () => {
    const folder = freshFolder();
    const path = join(folder, 'lock');
    const gate = join(folder, 'gate');
    const first = racer(path, '/');
    await until(() => expect(first.said).toContain('won'));
    expect(readLock(path)).toMatchObject({ pid: first.child.pid, alive: true });
    await kill(first.child);
    expect(readLock(path)).toMatchObject({ pid: first.child.pid, alive: false });

    const racers = Array.from({ length: 30 }, () => racer(path, gate));
    await until(() => expect(racers.filter(({ said }) => said.includes('ready'))).toHaveLength(30));
    writeFileSync(gate, '');
    await until(() => expect(racers.filter(({ said }) => said.length === 2)).toHaveLength(30));
    const winners = racers.filter(({ said }) => said.includes('won'));
    expect(winners).toHaveLength(1);
    expect(racers.filter(({ said }) => said.includes('lost 75'))).toHaveLength(29);
    expect(readLock(path)).toMatchObject({ pid: winners[0]?.child.pid, alive: true });
    winners[0]?.child.stdin?.end();
    await until(() => expect(readLock(path)).toBeNull());
  });

  it.each([
    ['another process got the pid', { start: '1' }],
    ['the machine was started again', { boot: 'another boot' }],
    ['the owner let go', { released: true }],
  ])('is free when %s', async (_, change) => {
    const path = join(freshFolder(), 'lock');
    mkdirSync(path);
    const mine = {
      pid: process.pid,
      start: processStart(process.pid),
      boot: bootId(),
      role: 'x',
      since: 'then',
      released: false,
    };
    writeFileSync(join(path, '7'), JSON.stringify({ ...mine, ...change }));
    await acquireLock(path, { role: 'supervisor' });
    expect(readdirSync(path)).toEqual(['8']);
  });

  it('is free when the claim is not readable, and sweeps what it overtook', async () => {
    const path = join(freshFolder(), 'lock');
    mkdirSync(path);
    writeFileSync(join(path, '2'), '');
    writeFileSync(join(path, '1'), 'old');
    expect(readLock(path)).toBeNull();
    await acquireLock(path, { role: 'supervisor' });
    expect(readdirSync(path)).toEqual(['3']);
  });
});

describe('a section', () => {
  it('is for one at a time, also for calls of one process, and gives what was done in it', async () => {
    const path = join(freshFolder(), 'section');
    let inside = 0;
    const counts = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        inSection(path, async () => {
          inside += 1;
          await new Promise(setImmediate);
          const seen = inside;
          inside -= 1;
          return [seen, at];
        }),
      ),
    );
    expect(counts).toEqual(Array.from({ length: 20 }, (_, at) => [1, at]));
  });

  it('is left when the work fails', async () => {
    const path = join(freshFolder(), 'section');
    await expect(inSection(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inSection(path, async () => 'again')).toBe('again');
  });

  it('of a killed process is free; of a living one it waits for, and then says who is in it', async () => {
    const folder = freshFolder();
    const path = join(folder, 'section');
    const holder = racer(path, folder);
    await until(() => expect(holder.said).toContain('won'));
    await expect(inSection(path, async () => 'in', { waitMs: 30 })).rejects.toMatchObject({ code: 'busy' });
    await kill(holder.child);
    expect(await inSection(path, async () => 'in')).toBe('in');
  });
});

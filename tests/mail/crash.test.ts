import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBoxes } from '../../src/mail/boxes.ts';
import { createLife } from '../../src/mail/life.ts';
import { listing } from '../../src/mail/listing.ts';
import { createMailer } from '../../src/mail/mailer.ts';
import { createPost } from '../../src/mail/post.ts';

const act = join(import.meta.dirname, 'processes', 'act.ts');
const body = JSON.stringify({ prompt: 'x'.repeat(100_000) });

type Action = 'deliver' | 'take' | 'send' | 'claim';

/** Runs one action under strace, with a fault at the nth call of a kind. `hit`: the fault came, so that there may be an n+1. */
async function strike(
  root: string,
  action: Action,
  ...expressions: string[]
): Promise<{ out: string; hit: boolean; attached: boolean; log: string }> {
  const trace = join(root, 'trace');
  // One thread for file calls: strace counts the calls of each thread.
  const child = spawn(process.execPath, [act, root, action], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close');
  let out = '';
  await new Promise<void>((ready) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      if (out.startsWith('ready\n')) ready();
    });
    child.on('close', () => ready());
  });
  const strace = spawn(
    'strace',
    ['-f', '-y', '-o', trace, '-p', `${child.pid}`, ...expressions.flatMap((each) => ['-e', each])],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const gone = once(strace, 'close');
  let said = '';
  const attached = await new Promise<boolean>((settle) => {
    strace.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (/attached/.test(said)) settle(true);
    });
    strace.on('close', () => settle(false));
  });
  child.stdin.end('go\n');
  await Promise.all([ended, gone]);
  const log = existsSync(trace) ? readFileSync(trace, 'utf8') : '';
  return { out: out.replace('ready\n', ''), hit: /\(INJECTED\)|killed by SIGKILL/.test(log), attached, log };
}

async function unavailable(): Promise<string | null> {
  if (spawnSync('strace', ['--version']).error) return 'there is no strace';
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const strace = spawn('strace', ['-o', '/dev/null', '-p', `${child.pid}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const attached = await new Promise<boolean>((settle) => {
    strace.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (/attached/.test(said)) settle(true);
    });
    strace.on('close', () => settle(false));
  });
  child.kill('SIGKILL');
  return attached ? null : `strace cannot attach to a process: ${said.trim()}`;
}

const reason = await unavailable();
if (reason) console.log(`skipped: faults at every system call of delivery (${reason})`);

const files = (root: string, folder: string) => readdirSync(join(root, 'w0', folder));

async function withRoot(work: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'oompa-mail-'));
  try {
    const post = createPost({ root });
    for (const each of ['w0', 'w1', 'w2', 'w3', 'warm']) await post.open(each);
    await work(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Strikes at the 1st, 2nd, … call until the action gets through untouched. Returns how many points there were. */
async function everyPoint(
  action: Action,
  fault: (n: number) => string,
  check: (root: string, out: string) => Promise<void>,
): Promise<number> {
  for (let n = 1; ; n += 1) {
    let through = false;
    await withRoot(async (root) => {
      const waiting = { from: 'lead', to: ['w0'], subject: 'Turn', body, key: 'k' };
      if (action === 'take') await createPost({ root }).deliver({ ...waiting, type: 'turn' });
      if (action === 'claim') await createPost({ root }).deliver({ ...waiting, type: 'note' });
      const { out, hit, attached } = await strike(root, action, `inject=${fault(n)}`);
      expect(attached).toBe(true);
      through = !hit;
      if (through) expect(out).toBe('ok\n');
      else await check(root, out);
    });
    if (through) return n - 1;
    if (n > 100) throw new Error('the action never gets through');
  }
}

/** After a failed or killed delivery: nothing, or one whole message; acknowledged only when it is there; asked again: exactly one. */
async function oneWholeMessage(root: string, out: string): Promise<void> {
  const bad: string[] = [];
  const post = createPost({ root, onBad: (each) => bad.push(each.reason) });
  const before = await post.peek('w0');
  expect(before.length).toBeLessThanOrEqual(1);
  if (out === 'ok\n') expect(before).toHaveLength(1);
  await post.deliver({ from: 'lead', to: ['w0'], subject: 'Turn', body, type: 'turn', key: 'k' });
  const after = await post.peek('w0');
  expect(after.map(({ message }) => message)).toMatchObject([{ id: 'lead+k@oompa', type: 'turn', body }]);
  expect(bad).toEqual([]);
  for (const each of after) expect(await post.take(each)).not.toBeNull();
  await post.deliver({ from: 'lead', to: ['w0'], subject: 'Turn', body, type: 'turn', key: 'k' });
  expect([files(root, 'new').length, files(root, 'cur').length]).toEqual([0, 1]);
}

/** After a failed or killed take: in new or in cur, once, whole. */
async function newOrCur(root: string, out: string): Promise<void> {
  const post = createPost({ root });
  const [fresh, taken] = [await post.peek('w0'), await post.taken('w0')];
  expect([...fresh, ...taken].map(({ message }) => message.body)).toEqual([body]);
  if (out === 'ok\n') expect(taken).toHaveLength(1);
  for (const each of fresh) expect(await post.take(each)).not.toBeNull();
  expect([files(root, 'new').length, files(root, 'cur').length]).toEqual([0, 1]);
}

/** After a killed send: everybody gets it once, or nobody as long as it is not sent again. Whoever comes next finishes it. */
async function allOrNone(root: string, out: string): Promise<void> {
  const boxes = createBoxes({ root });
  const mailer = createMailer({ root });
  await mailer.finish();
  const counts = async () =>
    Promise.all(['w0', 'w2', 'w3'].map(async (address) => (await listing(boxes, address)).length));
  const isSent = (await listing(boxes, 'w1', 'Sent')).some(({ heading }) => heading.id === 'w1+k@oompa');
  expect(await counts()).toEqual(isSent ? [1, 1, 1] : [0, 0, 0]);
  if (out === 'ok\n') expect(isSent).toBe(true);
  const life = createLife(boxes);
  if (isSent) await life.finish('w2', 'w1+k@oompa');
  const note = { from: 'w1', subject: 'Note', body: 'to three', type: 'note', thread: 'a' } as const;
  const again = await mailer.send({ ...note, to: ['w0', 'w2'], bcc: ['w3'], key: 'k' });
  expect(again).toMatchObject({ id: 'w1+k@oompa', again: isSent });
  await mailer.finish();
  expect(await counts()).toEqual([1, 1, 1]);
  const [copy] = await createPost({ root }).peek('w0');
  expect(JSON.stringify(copy?.message)).not.toContain('w3');
  const [own] = await listing(boxes, 'w1', 'Sent').then((all) => all.filter(({ heading }) => heading.id === again.id));
  expect(own?.heading.bcc).toEqual(['w3']);
  const numbers = (await listing(boxes, 'w1', 'Sent')).map(({ heading }) => heading.seq);
  expect(new Set(numbers).size).toBe(numbers.length);
}

/** After a killed claim: it can be claimed, at once or when the dead claim has run out; its attempts are counted; it is there once. */
async function claimedOrFree(root: string): Promise<void> {
  const boxes = createBoxes({ root });
  const life = createLife(boxes);
  const [entry] = await listing(boxes, 'w0');
  expect(entry?.heading.subject).toBe('Turn');
  // Nobody's process is named: only its deadline gives it back.
  if (entry?.stage === 'taken') await life.giveBack('w0', entry.heading.id, 'its taker died');
  // Taken and not written down, or given back in half: still claimable by name.
  const taken = await life.take('w0', { by: 'w0', process: null }, { id: 'lead+k@oompa' });
  expect(taken?.record.attempt).toBeLessThanOrEqual(2);
  expect(await listing(boxes, 'w0')).toHaveLength(1);
  expect([files(root, 'new').length, files(root, 'cur').length]).toEqual([0, 1]);
}

const calls = {
  openat: 'openat',
  write: '?write,?pwrite64',
  fsync: 'fsync',
  link: '?link,linkat',
  unlink: '?unlink,unlinkat',
  rename: '?rename,?renameat,renameat2',
};

const everywhere = {
  deliver: { openat: 2, write: 2, fsync: 2, link: 1, unlink: 1 },
  take: { openat: 2, fsync: 2, rename: 1 },
};
/** Every call that makes something last. */
const lasting = { send: { fsync: 4, link: 4, rename: 2, unlink: 4 }, claim: { link: 1, rename: 2 } };

/** Which calls are struck, and at how many points at least. */
const faults: Record<string, { inject: string; forever?: boolean; said: RegExp; at: typeof everywhere | object }> = {
  'kill -9': { inject: 'signal=KILL', said: /^(?:ok\n)?$/, at: { ...everywhere, ...lasting } },
  EIO: { inject: 'error=EIO', said: /^(?:ok\n|failed eio\n)?$/, at: everywhere },
  'EIO from then on': {
    inject: 'error=EIO',
    forever: true,
    said: /^(?:failed eio\n)?$/,
    at: { deliver: { openat: 2, fsync: 2 } },
  },
  ENOSPC: {
    inject: 'error=ENOSPC',
    said: /^(?:ok\n|failed enospc\n)?$/,
    at: { deliver: { openat: 2, write: 2, link: 1 }, take: { rename: 1 } },
  },
};

const promises = { deliver: oneWholeMessage, take: newOrCur, send: allOrNone, claim: claimedOrFree };

describe.skipIf(reason !== null)('at every system call', () => {
  for (const [fault, { inject, forever, said, at }] of Object.entries(faults)) {
    for (const [action, points] of Object.entries(at) as [Action, Record<keyof typeof calls, number>][]) {
      for (const [call, least] of Object.entries(points) as [keyof typeof calls, number][]) {
        test(`${fault} in ${call} of a ${action}`, async () => {
          const strikeAt = (n: number) => `${calls[call]}:${inject}:when=${n}${forever ? '+' : ''}`;
          const found = await everyPoint(action, strikeAt, async (root, out) => {
            expect(out).toMatch(said);
            await promises[action](root, out);
          });
          expect(found).toBeGreaterThanOrEqual(least);
        }, 300_000);
      }
    }
  }
});

test.skipIf(reason !== null)(
  'a delivery is done when file, link and folder are on the disk, in this order',
  async () => {
    await withRoot(async (root) => {
      const { out, log } = await strike(root, 'deliver', 'trace=fsync,?link,linkat,write');
      expect(out).toBe('ok\n');
      const steps = [
        /fsync\(.*\/w0\/tmp\//,
        /link(?:at)?\(.*\/w0\/tmp\/.*\/w0\/new\//,
        /fsync\(.*\/w0\/new>/,
        /write\(1<.*"ok/,
      ];
      const found = steps.map((step) => log.split('\n').findIndex((line) => step.test(line)));
      expect(found).not.toContain(-1);
      expect(found).toEqual(found.toSorted((a, b) => a - b));
    });
  },
  60_000,
);

test.skipIf(reason !== null)(
  'without inotify a hint still comes',
  async () => {
    await withRoot(async (root) => {
      const script = join(import.meta.dirname, 'processes', 'hinted.ts');
      const inject = ['-f', '-qq', '-o', join(root, 'trace'), '-e', 'inject=inotify_add_watch:error=ENOSPC'];
      const child = spawn('strace', [...inject, process.execPath, script, root, 'w0'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close');
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        out += text;
        if (text.includes('ready'))
          createPost({ root }).deliver({ from: 'lead', to: ['w0'], subject: '', body: '', type: 'note' });
      });
      await ended;
      expect(out).toBe('ready\nhint\n');
      expect(readFileSync(join(root, 'trace'), 'utf8')).toContain('(INJECTED)');
    });
  },
  60_000,
);

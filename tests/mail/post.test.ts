import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Draft, Post } from '../../src/mail/contract.ts';
import { createPost } from '../../src/mail/post.ts';

const roots: string[] = [];
afterAll(() => {
  for (const each of roots) rmSync(each, { recursive: true, force: true });
});

let root: string;
let post: Post;
let bad: { address: string; file: string; reason: string }[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'oompa-mail-'));
  roots.push(root);
  bad = [];
  post = createPost({ root, onBad: (each) => bad.push(each) });
  for (const each of ['w0', 'w1', 'w2']) await post.open(each);
});

const send = (part: Partial<Draft> = {}) =>
  post.deliver({ from: 'lead', to: ['w0'], subject: 'hello', body: 'Hi.', type: 'note', ...part });
const files = (address: string, folder: string) => readdirSync(join(root, address, folder));
const drop = (name: string, text: string | Buffer) => writeFileSync(join(root, 'w0', 'new', name), text);

describe('a message', () => {
  test('is delivered, seen, taken and flagged', async () => {
    const { id, to } = await send({ key: 'w0-t1', type: 'turn', body: '{"turn":"w0-t1"}' });
    expect({ id, to }).toEqual({ id: 'lead+w0-t1@oompa', to: ['w0'] });
    expect([files('w0', 'tmp'), files('w0', 'new')]).toEqual([[], [id]]);

    const [seen] = await post.peek('w0', { type: 'turn' });
    expect(seen).toMatchObject({
      flags: '',
      message: { id, from: 'lead', to: ['w0'], type: 'turn', body: '{"turn":"w0-t1"}' },
    });
    expect(await post.peek('w0', { type: 'wish' })).toEqual([]);

    const taken = await post.take(seen as never);
    expect(taken).toMatchObject({ flags: 'S', file: join(root, 'w0', 'cur', `${id}:2,S`) });
    expect(await post.take(seen as never)).toBeNull();
    expect(await post.peek('w0')).toEqual([]);

    const flagged = await post.flag(taken as never, 'R');
    expect(flagged).toMatchObject({ flags: 'RS', file: join(root, 'w0', 'cur', `${id}:2,RS`) });
    expect(existsSync(flagged.file)).toBe(true);
    expect(await post.find('w0', id)).toMatchObject({ flags: 'RS', message: { id } });
  });

  test('is only for its reader, in folders of its own', async () => {
    await send({ to: ['operator'] });
    const modes = execFileSync('find', [root, '-printf', '%m %y\n'], { encoding: 'utf8' }).trim().split('\n');
    expect(new Set(modes)).toEqual(new Set(['700 d', '600 f']));
  });

  test('comes after what was sent before it', async () => {
    for (let n = 0; n < 20; n += 1) await send({ subject: `${n}` });
    expect((await post.peek('w0')).map(({ message }) => message.subject)).toEqual(
      Array.from({ length: 20 }, (_, n) => `${n}`),
    );
  });

  test('keeps flags that others gave, and refuses strange ones', async () => {
    const { id } = await send();
    const [seen] = await post.peek('w0');
    await expect(post.take(seen as never, 'X')).rejects.toMatchObject({ code: 'bad-flag' });
    renameSync(join(root, 'w0', 'new', id), join(root, 'w0', 'cur', `${id}:2,PS`));
    const [taken] = await post.taken('w0');
    expect(await post.flag(taken as never, 'RF')).toMatchObject({ flags: 'FPRS' });
  });

  test('is flagged wherever somebody else has moved it by then', async () => {
    await send();
    const taken = await post.take((await post.peek('w0'))[0] as never);
    await Promise.all([post.flag(taken as never, 'R'), post.flag(taken as never, 'F'), post.flag(taken as never, 'T')]);
    expect((await post.taken('w0'))[0]?.flags).toBe('FRST');
    await post.flag(taken as never, 'S');
    rmSync((await post.taken('w0'))[0]?.file ?? '');
    await expect(post.flag(taken as never, 'R')).rejects.toMatchObject({ code: 'gone' });
  });

  test('is found among the taken by the flags it lacks', async () => {
    for (const key of ['a', 'b', 'c']) await send({ key });
    for (const each of await post.peek('w0')) await post.take(each, each.message.id.includes('+b@') ? 'RS' : 'S');
    const ids = async (without?: string) =>
      (await post.taken('w0', without === undefined ? {} : { without })).map(({ message }) => message.id);
    expect(await ids()).toEqual(['lead+a@oompa', 'lead+b@oompa', 'lead+c@oompa']);
    expect(await ids('R')).toEqual(['lead+a@oompa', 'lead+c@oompa']);
    expect(await ids('S')).toEqual([]);
    expect(await ids('RS')).toEqual(['lead+a@oompa', 'lead+c@oompa']);
  });
});

describe('addresses', () => {
  test('groups reach everybody but the sender and the dead', async () => {
    await post.open('operator');
    drop('junk', 'no mail');
    await post.peek('w0');
    expect(await post.addresses()).toEqual(['operator', 'w0', 'w1', 'w2']);
    expect((await send({ from: 'w1', to: ['@all'] })).to).toEqual(['operator', 'w0', 'w2']);
    expect((await send({ from: 'w1', to: ['@workers', 'lead'] })).to).toEqual(['lead', 'w0', 'w2']);
    expect(files('w1', 'new')).toEqual([]);
    expect((await post.peek('w2'))[0]?.message.to).toEqual(['operator', 'w0', 'w2']);
  });

  test('lead and operator always have a mailbox, others must be opened', async () => {
    expect((await send({ from: 'w0', to: ['lead', 'operator'] })).to).toEqual(['lead', 'operator']);
    expect(await post.peek('lead')).toHaveLength(1);
    await expect(send({ to: ['w9'] })).rejects.toMatchObject({
      code: 'no-mailbox',
      hint: expect.stringContaining('address'),
    });
    expect(existsSync(join(root, 'w9'))).toBe(false);
    expect(await post.peek('w9')).toEqual([]);
    await expect(post.peek('../w0')).rejects.toMatchObject({ code: 'bad-address' });
  });

  test('opening sweeps what dead writers left, and only that', async () => {
    const tmp = join(root, 'w0', 'tmp');
    for (const name of ['old', 'fresh']) writeFileSync(join(tmp, name), 'half a mess');
    const then = (Date.now() - 37 * 3_600_000) / 1_000;
    utimesSync(join(tmp, 'old'), then, then);
    await send();
    await post.open('w0');
    expect(readdirSync(tmp)).toEqual(['fresh']);
    expect(await post.peek('w0')).toHaveLength(1);
  });
});

describe('the same key', () => {
  test('is delivered once, also after it was taken and flagged', async () => {
    const first = await send({ key: 'k' });
    expect(await send({ key: 'k', body: 'again' })).toEqual(first);
    const [received, ...others] = await post.peek('w0');
    expect([received?.message.body, others]).toEqual(['Hi.', []]);
    const taken = await post.take(received as never);
    await send({ key: 'k' });
    await post.flag(taken as never, 'R');
    await send({ key: 'k' });
    expect([files('w0', 'tmp'), files('w0', 'new'), files('w0', 'cur')]).toEqual([[], [], ['lead+k@oompa:2,RS']]);
  });

  test('means another message from another sender or to another reader', async () => {
    await send({ key: 'k' });
    await send({ key: 'k', from: 'operator' });
    await send({ key: 'k', to: ['w0', 'w1'] });
    expect([files('w0', 'new').length, files('w1', 'new').length]).toEqual([2, 1]);
  });

  test('is delivered once by many at once, while it is being taken', async () => {
    const posts = Array.from({ length: 8 }, () => createPost({ root, sync: false }));
    let taken = 0;
    for (let round = 0; round < 40; round += 1) {
      const taker = async () => {
        for (let n = 0; n < 6; n += 1) for (const each of await post.peek('w0')) if (await post.take(each)) taken += 1;
      };
      const deliveries = posts.map((each) =>
        each.deliver({ from: 'lead', to: ['w0'], subject: '', body: '', type: 'note', key: `r${round}` }),
      );
      await Promise.all([...deliveries, taker()]);
      await taker();
      expect(taken).toBe(round + 1);
    }
    expect([files('w0', 'tmp'), files('w0', 'new').length, files('w0', 'cur').length]).toEqual([[], 0, 40]);
  });

  test('is not blocked by junk under its name; another message there is an error', async () => {
    drop('lead+k@oompa', 'junk');
    await send({ key: 'k' });
    expect((await post.peek('w0')).map(({ message }) => message.body)).toEqual(['Hi.']);
    expect(bad).toMatchObject([{ address: 'w0' }]);
    drop('lead+l@oompa', 'From: w1@oompa\nMessage-ID: <other@oompa>\n\nmine\n');
    await expect(send({ key: 'l' })).rejects.toMatchObject({ code: 'name-taken' });
  });

  test('a second copy that slipped in is never taken', async () => {
    await send({ key: 'k' });
    await post.take((await post.peek('w0'))[0] as never);
    drop('lead+k@oompa', readFileSync(join(root, 'w0', 'cur', 'lead+k@oompa:2,S')));
    const [copy] = await post.peek('w0');
    expect(await post.take(copy as never)).toBeNull();
    expect(files('w0', 'new')).toEqual([]);
  });
});

describe('what is no mail', () => {
  test('goes to the dead, whatever it is, and the others go on', async () => {
    await send({ subject: 'before' });
    drop('plain\x1b[2J', 'just text');
    drop('bytes', Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0x0a]));
    drop('empty', '');
    drop('x'.repeat(230), 'From: w1@oompa\n\nlong name');
    drop('huge', Buffer.alloc(5 << 20, 'x'));
    drop('torn', 'From: w1@oompa\nOompa-Type: turn-result\n\n{"turn":');
    mkdirSync(join(root, 'w0', 'new', 'folder'));
    symlinkSync('/etc/passwd', join(root, 'w0', 'new', 'link'));
    execFileSync('mkfifo', [join(root, 'w0', 'new', 'pipe')]);
    drop('.hidden', 'left alone');
    await send({ subject: 'after' });

    expect((await post.peek('w0')).map(({ message }) => message.subject)).toEqual(['before', 'after']);
    expect(bad).toHaveLength(9);
    expect(bad.every(({ address, file }) => address === 'w0' && file.startsWith(join(root, 'dead', 'cur')))).toBe(true);
    expect(bad.map(({ reason }) => reason).sort()).toEqual([
      'bytes: there is no From header',
      'empty: there is no From header',
      'folder: it is not a file',
      'huge: it has 5242880 bytes',
      'link: it cannot be opened (ELOOP)',
      'pipe: it is not a file',
      'plain: there is no From header',
      'torn: the body of a turn-result is not JSON',
      `${'x'.repeat(230)}: its name is too long`,
    ]);
    expect(files('dead', 'cur')).toHaveLength(9);
    expect(files('w0', 'new')).toHaveLength(3);

    await post.peek('w0');
    expect((await post.taken('dead')).map(({ message }) => message.body)).toEqual(['long name']);
    expect(bad).toHaveLength(9);
  });

  test('is put aside once by many readers', async () => {
    for (let n = 0; n < 20; n += 1) drop(`junk${n}`, 'no mail');
    await Promise.all(Array.from({ length: 5 }, () => post.peek('w0')));
    expect(bad).toHaveLength(20);
  });
});

describe('mail from a person with an editor', () => {
  test('is read and taken, also under a name that was used before', async () => {
    for (const text of ['one', 'two']) {
      drop('message.txt', `From: operator\nSubject: ${text}\n\n${text}\n`);
      const [received] = await post.peek('w0');
      expect(received?.message).toMatchObject({ id: 'message.txt', from: 'operator', body: text });
      expect(Date.now() - Date.parse(received?.message.date ?? '')).toBeLessThan(60_000);
      expect(await post.take(received as never)).toMatchObject({ flags: 'S' });
    }
    expect((await post.taken('w0')).map(({ message }) => message.body).sort()).toEqual(['one', 'two']);
  });

  test('is found by its Message-ID, an id never leads out of the mailbox', async () => {
    drop('1700000000.M1P2.host', 'From: a@b.c\nMessage-ID: <abc/../d@b.c>\n\nx\n');
    expect(await post.find('w0', 'abc/../d@b.c')).toMatchObject({ message: { from: 'a@b.c' } });
    await send({ to: ['w1'], key: 'k' });
    expect(await post.find('w0', '../../w1/new/lead+k@oompa')).toBeNull();
    expect(await post.find('w0', 'lead+k@oompa')).toBeNull();
  });
});

test('10,000 messages in a mailbox', async () => {
  const quick = createPost({ root, sync: false });
  const count = 10_000;
  for (let n = 0; n < count; n += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, k) =>
        quick.deliver({ from: 'w1', to: ['w0'], subject: `${n + k}`, body: 'x', type: 'note', key: `k${n + k}` }),
      ),
    );
  }
  const all = await quick.peek('w0');
  expect(all.map(({ message }) => Number(message.subject))).toEqual(Array.from({ length: count }, (_, n) => n));
  expect(await quick.find('w0', 'w1+k9999@oompa')).toMatchObject({ message: { subject: '9999' } });
  for (const each of all) expect(await quick.take(each)).not.toBeNull();
  expect(files('w0', 'new')).toEqual([]);
  expect(new Set(files('w0', 'cur')).size).toBe(count);
  await quick.deliver({ from: 'w1', to: ['w0'], subject: '', body: 'x', type: 'note', key: 'k5000' });
  expect(files('w0', 'new')).toEqual([]);
}, 180_000);

describe('hints', () => {
  test('tell of mail, also when the mailbox is made later, and stop', async () => {
    const told: string[] = [];
    const stop = post.onHint(['w0', 'w1', 'later'], (address) => told.push(address));
    await send({ to: ['w1'] });
    await vi.waitFor(() => expect(told).toContain('w1'), { timeout: 10_000 });
    expect(told).not.toContain('w0');
    await post.open('later');
    await send({ to: ['later'] });
    await vi.waitFor(() => expect(told).toContain('later'), { timeout: 10_000 });
    stop();
    told.length = 0;
    const fresh: string[] = [];
    const stopFresh = post.onHint(['w1'], (address) => fresh.push(address));
    await send({ to: ['w1'] });
    await vi.waitFor(() => expect(fresh).toEqual(expect.arrayContaining(['w1'])), { timeout: 10_000 });
    stopFresh();
    expect(told).toEqual([]);
  });

  test('a burst is a few hints', async () => {
    let hints = 0;
    const stop = post.onHint(['w0'], () => {
      hints += 1;
    });
    const quick = createPost({ root, sync: false });
    await Promise.all(
      Array.from({ length: 300 }, () => quick.deliver({ from: 'w1', to: ['w0'], subject: '', body: '', type: 'note' })),
    );
    await vi.waitFor(() => expect(hints).toBeGreaterThan(0), { timeout: 10_000 });
    expect(hints).toBeLessThan(150);
    stop();
  });
});

import { readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { identityOf } from '../../src/disk/process.ts';
import { bounce, keepMail } from '../../src/mail/keeper.ts';
import { listing, passes } from '../../src/mail/listing.ts';
import { createPost } from '../../src/mail/post.ts';
import { pruneProgramMail } from '../../src/mail/prune.ts';
import { everyMessage, rowsOf, treeOf } from '../../src/mail/thread.ts';
import { typedDraft } from '../../src/mail/typed-draft.ts';
import { faultsOf } from '../../src/mail/verify.ts';
import { makeMailboxes, nobody } from './mailbox.ts';

const me = { by: 'w1', process: null };
const stages = async (boxes: Parameters<typeof listing>[0], address = 'w1') =>
  (await listing(boxes, address)).map(({ stage }) => stage);
const later = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('a message', () => {
  test('is new, taken, acked, done; each is a step of its own and listing none', async () => {
    const { boxes, life, send } = await makeMailboxes();
    const { id } = await send();
    for (let n = 0; n < 3; n += 1) expect(await stages(boxes)).toEqual(['new']);
    expect(await life.take('w1', me)).toMatchObject({ stage: 'taken', record: { attempt: 1, taker: { by: 'w1' } } });
    expect(await life.take('w1', me)).toBeNull();
    expect(await life.take('w1', me, { id })).toBeNull();
    expect(await stages(boxes)).toEqual(['taken']);
    expect(await life.ack('w1', id)).toMatchObject({ stage: 'taken', record: { acked: expect.any(String) } });
    expect(await life.finish('w1', id)).toMatchObject({ stage: 'done', flags: 'RS' });
    expect(await stages(boxes)).toEqual(['done']);
    expect(await life.take('w1', me, { id })).toBeNull();
    await expect(life.giveBack('w1', id, 'why')).rejects.toMatchObject({ hint: expect.any(String) });
  });

  test('one of many takers gets it', async () => {
    const { life, send } = await makeMailboxes();
    await send();
    const all = await Promise.all(Array.from({ length: 12 }, () => life.take('w1', me)));
    expect(all.filter((each) => each !== null)).toHaveLength(1);
  });

  test('of a dead taker comes back, twice; then it is a dead letter, and its sender and lead hear of it', async () => {
    const { boxes, life, mailer, send } = await makeMailboxes();
    const { id } = await send({ subject: 'poison' });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const taken = await life.take('w1', { by: 'w1', process: nobody });
      expect(taken?.record.attempt).toBe(attempt);
      const kept = await keepMail({ boxes, life, mailer });
      expect(kept.returned).toMatchObject([{ address: 'w1', id, dead: attempt === 3 }]);
    }
    expect(await stages(boxes)).toEqual([]);
    expect((await listing(boxes, 'w1', 'Dead')).map(({ heading }) => heading.id)).toEqual([id]);
    for (const address of ['w0', 'lead'])
      expect((await listing(boxes, address)).map(({ heading }) => [heading.type, heading.inReplyTo])).toEqual([
        ['BOUNCE', id],
      ]);
    // Doing the chores again changes nothing, and what is dead is not delivered anew.
    await keepMail({ boxes, life, mailer });
    await mailer.finish();
    expect(await stages(boxes, 'w0')).toEqual(['new']);
    expect(await stages(boxes)).toEqual([]);
  });

  test('of a living taker stays with it until its deadline', async () => {
    const { boxes, life, mailer, send } = await makeMailboxes();
    await send();
    await life.take('w1', { by: 'w1', process: identityOf() });
    expect((await keepMail({ boxes, life, mailer })).returned).toEqual([]);
    const { id } = await send({ subject: 'two' });
    await life.take('w1', { by: 'w1', process: identityOf() }, { forMs: 1 });
    expect((await keepMail({ boxes, life, mailer })).returned).toMatchObject([{ id, dead: false }]);
  });

  test('a mail program that lists it does not take it, and reading with it counts', async () => {
    const { root, boxes, life, send } = await makeMailboxes();
    const { id } = await send();
    renameSync(join(root, 'w1', 'new', id), join(root, 'w1', 'cur', `${id}:2,`));
    expect(await stages(boxes)).toEqual(['new']);
    expect(await life.take('w1', me)).toMatchObject({ stage: 'taken' });
    await life.giveBack('w1', id, 'later');
    expect(readdirSync(join(root, 'w1', 'new'))).toEqual([id]);
    renameSync(join(root, 'w1', 'new', id), join(root, 'w1', 'cur', `${id}:2,FS`));
    expect(await stages(boxes)).toEqual(['seen']);
  });

  test('that is older and comes later is still unread', async () => {
    const { root, boxes, life, send, subjects } = await makeMailboxes();
    const old = await send({ subject: 'old' });
    const away = join(root, 'away');
    renameSync(join(root, 'w1', 'new', old.id), away);
    const { id } = await send({ subject: 'young' });
    await life.see('w1', id);
    renameSync(away, join(root, 'w1', 'new', old.id));
    expect(await subjects('w1')).toEqual(['old', 'young']);
    expect(await stages(boxes)).toEqual(['new', 'seen']);
  });
});

describe('acks', () => {
  test('a missing one is told to the recipient, then lead, then the operator; each once', async () => {
    const { boxes, life, mailer, send } = await makeMailboxes();
    const asked = async (agoMs: number) => send({ subject: `late ${agoMs}`, ackBy: later(-agoMs) });
    await asked(1_000);
    const told = async () => (await keepMail({ boxes, life, mailer })).overdue.map((each) => each.told);
    expect(await told()).toEqual(['w1']);
    expect(await told()).toEqual([]);
    await asked(3 * 60_000);
    expect([await told(), await told(), await told()]).toEqual([['w1'], ['lead'], []]);
    const { id } = await asked(6 * 60_000);
    expect([await told(), await told(), await told(), await told()]).toEqual([['w1'], ['lead'], ['operator'], []]);
    const [reminder] = await listing(boxes, 'operator');
    expect(reminder?.heading).toMatchObject({ type: 'ACK_OVERDUE', inReplyTo: id, ackBy: null });
    await life.ack('w1', id);
    expect((await listing(boxes, 'w1')).filter((each) => passes(each, { unacked: true }))).toHaveLength(2);
  });
});

describe('chores', () => {
  test('what has expired unread is buried, and its sender hears of it', async () => {
    const { root, boxes, life, mailer, send } = await makeMailboxes();
    const { id } = await send({ expires: later(60_000), subject: 'soon' });
    const file = join(root, 'w1', 'new', id);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/^Expires: .*/m, 'Expires: Thu, 01 Jan 2026 00:00:00 +0000'),
    );
    const [entry] = await listing(boxes, 'w1');
    expect(entry && passes(entry, {})).toBe(false);
    expect(await life.take('w1', me)).toBeNull();
    expect((await keepMail({ boxes, life, mailer })).expired).toEqual([{ address: 'w1', id }]);
    expect((await listing(boxes, 'w0')).map(({ heading }) => heading.type)).toEqual(['EXPIRED']);
  });

  test('a recipient whose mailbox is gone is given up, once, and the sender hears of it', async () => {
    const { root, boxes, life, mailer, send } = await makeMailboxes();
    const { id } = await send({ to: ['w2'], key: 'k' });
    // As after a crash between the own copy and the delivery, and a clean-up meanwhile.
    renameSync(join(root, 'w0', '.Sent', 'cur', `${id}:2,S`), join(root, 'w0', '.Sent', 'new', id));
    rmSync(join(root, 'w2'), { recursive: true });
    expect((await keepMail({ boxes, life, mailer })).finished).toEqual([id]);
    expect((await keepMail({ boxes, life, mailer })).finished).toEqual([]);
    expect((await listing(boxes, 'w0')).map(({ heading }) => [heading.type, heading.subject])).toEqual([
      ['BOUNCE', '"hello" does not reach w2'],
    ]);
  });

  test('what asks lead for judgement goes on to the operator as it is, the rest ends with lead', async () => {
    const { boxes, life, mailer, send } = await makeMailboxes();
    const help = { issue_type: 'STUCK', problem: 'p', tried: 't', question: 'q?', task: 'add-a' };
    const asked = await send({ to: ['lead'], ...typedDraft('w0', { type: 'HELP_REQUEST', fields: help }) });
    await send({ to: ['lead'], subject: 'by the way' });
    expect((await keepMail({ boxes, life, mailer })).routed).toEqual([asked.id]);
    expect((await keepMail({ boxes, life, mailer })).routed).toEqual([]);
    expect(await stages(boxes, 'lead')).toEqual(['done', 'done']);
    const [passed] = await listing(boxes, 'operator');
    expect(passed?.heading).toMatchObject({ id: asked.id, from: 'w0', type: 'HELP_REQUEST' });
  });

  test('a bounce names what it is about', async () => {
    const { boxes, send } = await makeMailboxes();
    const { id } = await send({ subject: 'x'.repeat(200) });
    const [entry] = await listing(boxes, 'w1');
    expect(entry && bounce('w1', entry, 'gone').body).toContain(`Message: ${id}`);
    expect(entry && bounce('w1', entry, 'gone').subject.length).toBeLessThanOrEqual(200);
  });
});

describe('listing', () => {
  test('comes from an index that may be lost, stale or broken', async () => {
    const { root, boxes } = await makeMailboxes([], { sync: false });
    const post = createPost({ root, sync: false });
    await post.open('w1');
    for (let n = 0; n < 300; n += 1)
      await post.deliver({ from: 'lead', to: ['w1'], subject: `${n}`, body: 'x', type: 'note', key: `k${n}` });
    const first = await listing(boxes, 'w1');
    expect(first.map(({ heading }) => heading.subject)).toEqual(Array.from({ length: 300 }, (_, n) => `${n}`));
    const index = join(root, 'w1', 'oompa-index');
    expect(await listing(boxes, 'w1')).toEqual(first);
    writeFileSync(index, 'torn {');
    expect(await listing(boxes, 'w1')).toEqual(first);
    rmSync(index);
    expect(await listing(boxes, 'w1')).toEqual(first);
    // Another file under the name is another message.
    const file = join(root, 'w1', 'new', 'lead+k7@oompa');
    writeFileSync(file, 'From: w2\nSubject: other\n\nx\n');
    utimesSync(file, new Date(), new Date());
    expect((await listing(boxes, 'w1')).map(({ heading }) => heading.subject)).toContain('other');
  });

  test('while mail comes and goes: nothing twice, nothing torn, counts are of what is listed', async () => {
    const { boxes, life, send } = await makeMailboxes();
    let over = false;
    const writing = (async () => {
      for (let n = 0; n < 60; n += 1) await send({ subject: `${n}` });
      over = true;
    })();
    const taking = (async () => {
      while (!over) await life.take('w1', me);
    })();
    while (!over) {
      const all = await listing(boxes, 'w1');
      expect(new Set(all.map(({ heading }) => heading.id)).size).toBe(all.length);
    }
    await Promise.all([writing, taking]);
    const all = await listing(boxes, 'w1');
    expect(all).toHaveLength(60);
    expect(all.map(({ heading }) => heading.seq)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  });

  test('what the program says to itself is not listed, and not touched', async () => {
    const { root, boxes } = await makeMailboxes();
    await createPost({ root }).deliver({ from: 'lead', to: ['w1'], subject: 'Turn', body: '{}', type: 'turn' });
    expect(await listing(boxes, 'w1')).toEqual([]);
    expect(await createPost({ root }).peek('w1', { type: 'turn' })).toHaveLength(1);
  });

  test('what the program said two days ago goes, what people said stays', async () => {
    const { root, boxes, send } = await makeMailboxes();
    const post = createPost({ root });
    const turn = { from: 'lead', to: ['w1'], subject: 'Turn', body: '{}', type: 'turn' as const };
    for (const key of ['old', 'unread', 'young']) await post.deliver({ ...turn, key });
    const { id } = await send();
    for (const [file, flags] of [
      ['lead+old@oompa', ':2,RS'],
      ['lead+young@oompa', ':2,RS'],
      [id, ':2,RS'],
    ] as const) {
      const from = join(root, 'w1', 'new', file);
      const text = readFileSync(from, 'utf8');
      rmSync(from);
      const aged = file.includes('young') ? text : text.replace(/^Oompa-Sent: .*/m, 'Oompa-Sent: 2026-01-01T00:00:00Z');
      writeFileSync(join(root, 'w1', 'cur', `${file}${flags}`), aged);
    }
    await listing(boxes, 'w1');
    expect(await pruneProgramMail(boxes, 'w1')).toBe(1);
    expect(readdirSync(join(root, 'w1', 'cur')).sort()).toEqual(['lead+young@oompa:2,RS', `${id}:2,RS`].sort());
    expect(readdirSync(join(root, 'w1', 'new'))).toEqual(['lead+unread@oompa']);
  });

  test('a typed message is read by its header or its subject; commands of who may not give them are notes', async () => {
    const { root, boxes } = await makeMailboxes();
    const drop = (name: string, text: string) => writeFileSync(join(root, 'w1', 'new', name), text);
    drop('1', 'From: w0\nSubject: [add-a] DONE\n\nBead: add-a\n');
    drop('2', 'From: w0\nSubject: TERMINATE\n\nNow.\n');
    drop('3', 'From: operator\nSubject: TERMINATE\n\nNow.\n');
    drop('4', 'From: w0\nOompa-Type: APPROVAL\nSubject: approved\n\nBead: add-a\n');
    drop('5', 'From: w0\nSubject: Not done yet\n\nHello\n');
    const types = Object.fromEntries(
      (await listing(boxes, 'w1')).map(({ file, heading }) => [file.split('/').at(-1), heading.type]),
    );
    expect(types).toEqual({ 1: 'DONE', 2: 'note', 3: 'TERMINATE', 4: 'note', 5: 'note' });
  });
});

test('of a message that its sender has a copy of, the thread tells how far its recipient is', async () => {
  const { boxes, life, send } = await makeMailboxes();
  const { id } = await send();
  await life.finish('w1', id);
  expect((await everyMessage(boxes, ['w0', 'w1'])).map(({ stage }) => stage)).toEqual(['done']);
});

test('a thread is a tree, whoever has its messages, also when messages name each other as parents', async () => {
  const { root, boxes, send } = await makeMailboxes();
  const first = await send({ subject: 'a', thread: 't' });
  const second = await send({ from: 'w1', to: ['w0'], subject: 'b', thread: 't', inReplyTo: first.id });
  await send({ subject: 'c', thread: 't', inReplyTo: second.id, references: [first.id, second.id] });
  await send({ from: 'w2', subject: 'd', thread: 't', inReplyTo: first.id });
  const drop = (name: string, parent: string) =>
    writeFileSync(
      join(root, 'w1', 'new', name),
      `From: w2\nSubject: ${name}\nDate: Thu, 01 Jan 2099 00:00:00 +0000\nMessage-ID: <${name}>\nIn-Reply-To: <${parent}>\nOompa-Thread: t\n\n`,
    );
  drop('x', 'y');
  drop('y', 'x');
  drop('z', 'z');
  const rows = rowsOf(treeOf(await everyMessage(boxes, ['w0', 'w1', 'w2'])));
  expect(rows.map(({ entry, depth }) => `${'-'.repeat(depth)}${entry.heading.subject}`)).toEqual([
    'a',
    '-b',
    '--c',
    '-d',
    expect.stringMatching(/^[xyz]$/),
    expect.stringMatching(/^-?[xyz]$/),
    expect.stringMatching(/^-?[xyz]$/),
  ]);
});

test('verify tells what is wrong, and mends what can be mended', async () => {
  const { root, boxes, life, send } = await makeMailboxes();
  expect(await faultsOf(boxes)).toEqual([]);
  const { id } = await send();
  await life.take('w1', me);
  rmSync(join(root, 'w1', 'cur', `${id}:2,S`));
  rmSync(join(root, 'w2', 'new'), { recursive: true });
  const faults = await faultsOf(boxes);
  expect(faults.map(({ address, what }) => `${address}: ${what}`)).toEqual([
    expect.stringContaining('w1: there is a record of'),
    'w2: the folder new is missing',
  ]);
  for (const { mend } of faults) await mend?.();
  expect(await faultsOf(boxes)).toEqual([]);
});

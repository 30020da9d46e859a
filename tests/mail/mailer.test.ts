import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { listing } from '../../src/mail/listing.ts';
import { createMailer } from '../../src/mail/mailer.ts';
import { createPost } from '../../src/mail/post.ts';
import { makeMailboxes } from './mailbox.ts';

describe('sending', () => {
  test('reaches everybody once, keeps a copy, and counts', async () => {
    const { boxes, send, subjects } = await makeMailboxes();
    const sent = await send({ to: ['w1', '@workers'], cc: ['operator'], subject: 'one' });
    expect(sent).toMatchObject({ seq: 1, again: false, thread: sent.id });
    expect(sent.to.map(({ address, outcome }) => [address, outcome])).toEqual([
      ['w1', 'delivered'],
      ['w2', 'delivered'],
      ['operator', 'delivered'],
    ]);
    expect((await send({ subject: 'two' })).seq).toBe(2);
    expect((await send({ from: 'w2', subject: 'three' })).seq).toBe(1);
    expect(await subjects('w1')).toEqual(['one', 'two', 'three']);
    expect((await listing(boxes, 'w0', 'Sent')).map(({ heading, flags }) => [heading.subject, flags])).toEqual([
      ['one', 'S'],
      ['two', 'S'],
    ]);
  });

  test('Bcc is seen by nobody but the sender', async () => {
    const { root, boxes, send } = await makeMailboxes();
    const { id } = await send({ to: ['w1'], bcc: ['w2'], body: 'Bcc: is a word here\n' });
    for (const address of ['w1', 'w2']) {
      const text = readFileSync(join(root, address, 'new', id), 'utf8');
      expect(text).not.toMatch(/^bcc/im.test(text.split('\n\n')[0] ?? '') ? /./ : /w2@oompa/);
      expect(text.split('\n\n')[1]).toBe('Bcc: is a word here\n\n'.trimEnd());
    }
    const [own] = await listing(boxes, 'w0', 'Sent');
    expect(own?.heading).toMatchObject({ to: ['w1'], bcc: ['w2'] });
  });

  test('a key is sent once: again the same answer, another text a conflict', async () => {
    const { send, subjects } = await makeMailboxes();
    const first = await send({ key: 'k', ackBy: new Date(Date.now() + 1e6).toISOString() });
    const again = await send({ key: 'k', ackBy: new Date(Date.now() + 2e6).toISOString() });
    expect(again).toMatchObject({ id: first.id, seq: first.seq, again: true });
    await expect(send({ key: 'k', body: 'Other.' })).rejects.toMatchObject({ code: 'key-conflict' });
    await expect(send({ key: 'k', to: ['w2'] })).rejects.toMatchObject({ code: 'key-conflict' });
    // Another sender's key is its own.
    expect((await send({ key: 'k', from: 'w2', body: 'Other.' })).again).toBe(false);
    expect(await subjects('w1')).toEqual(['hello', 'hello']);
  });

  test('the same key at the same time: one message', async () => {
    const { root, send, subjects } = await makeMailboxes();
    const others = Array.from({ length: 5 }, () => createMailer({ root }));
    const draft = { from: 'w0', to: ['w1', 'w2'], subject: 'hello', body: 'Hi.', type: 'note', key: 'k' } as const;
    const all = await Promise.all([send(draft), ...others.map((each) => each.send(draft))]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect([await subjects('w1'), await subjects('w2')]).toEqual([['hello'], ['hello']]);
  });

  test('is refused whole when somebody is nobody', async () => {
    const { root, send, subjects } = await makeMailboxes();
    await expect(send({ to: ['w1', 'w7'] })).rejects.toMatchObject({
      code: 'no-mailbox',
      hint: expect.stringContaining('w2'),
    });
    await expect(send({ to: ['@nobody'] })).rejects.toMatchObject({ code: 'bad-address' });
    expect(await subjects('w1')).toEqual([]);
    expect(readdirSync(join(root, 'w0'))).not.toContain('oompa-seq');
  });

  test.each([
    ['subject', { subject: ' ' }, 'bad-header'],
    ['subject', { subject: 'x'.repeat(201) }, 'too-big'],
    ['body', { body: 'ä'.repeat(40_000) }, 'too-big'],
    ['to', { to: [] }, 'bad-address'],
    ['thread', { thread: '../../etc' }, 'bad-header'],
    ['thread', { thread: 'a\0b' }, 'bad-header'],
    ['thread', { thread: 'x'.repeat(300) }, 'bad-header'],
    ['thread', { thread: 'аdd-a' }, 'bad-header'],
    ['expires', { expires: '2001-01-01T00:00:00Z' }, 'bad-header'],
    ['ack', { ackBy: 'soon' }, 'bad-header'],
    ['importance', { importance: 'urgent' }, 'denied'],
  ] as const)('a wrong %s is named (%#)', async (field, part, code) => {
    const { send, subjects } = await makeMailboxes();
    await expect(send(part as object)).rejects.toMatchObject({ code, message: expect.stringContaining(`${field}: `) });
    expect(await subjects('w1')).toEqual([]);
  });

  test.each(['../w1', 'w1/../w2', 'W1', 'w\u00001', 'ｗ1', 'x'.repeat(300), '', '.', '@'])(
    'no address is a path (%#)',
    async (address) => {
      const { root, send } = await makeMailboxes();
      const before = readdirSync(root).sort();
      await expect(send({ to: [address] })).rejects.toMatchObject({ code: 'bad-address' });
      await expect(send({ from: address })).rejects.toMatchObject({ code: 'bad-address' });
      expect(readdirSync(root).sort()).toEqual(before);
    },
  );

  test('urgent is for lead and the operator, and mail programs see it', async () => {
    const { root, send, boxes } = await makeMailboxes();
    const { id } = await send({ from: 'operator', importance: 'urgent' });
    expect(readFileSync(join(root, 'w1', 'new', id), 'utf8')).toMatch(/^Importance: high\nPriority: urgent$/m);
    expect((await listing(boxes, 'w1'))[0]?.heading.importance).toBe('urgent');
  });

  test('a clock set back between two processes does not turn the order of a sender around', async () => {
    const { root, send, subjects } = await makeMailboxes();
    await send({ subject: 'one' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    // What a process remembers of its own clock, another does not.
    vi.resetModules();
    try {
      const other = (await import('../../src/mail/mailer.ts')).createMailer({ root });
      for (const subject of ['two', 'three'])
        await other.send({ from: 'w0', to: ['w1'], subject, body: '', type: 'note' });
    } finally {
      vi.useRealTimers();
    }
    expect(await subjects('w1')).toEqual(['one', 'two', 'three']);
  });

  test('who cannot be reached now gets it from whoever comes next', async () => {
    const { root, mailer, send, subjects } = await makeMailboxes();
    // A file where a folder belongs, as of a broken disk: w2 cannot be delivered to.
    rmSync(join(root, 'w2', 'new'), { recursive: true });
    writeFileSync(join(root, 'w2', 'new'), '');
    expect((await send({ to: ['w1', 'w2'] })).to).toEqual([
      { address: 'w1', outcome: 'delivered', reason: null },
      { address: 'w2', outcome: 'failed', reason: expect.any(String) },
    ]);
    expect(await subjects('w1')).toEqual(['hello']);
    rmSync(join(root, 'w2', 'new'));
    await createPost({ root }).open('w2');
    expect(await mailer.finish()).toHaveLength(1);
    expect(await mailer.finish()).toEqual([]);
    expect([await subjects('w1'), await subjects('w2')]).toEqual([['hello'], ['hello']]);
  });

  test('mail of a newer layout is read and not written to', async () => {
    const { root, send, subjects } = await makeMailboxes();
    await send();
    writeFileSync(join(root, 'oompa-format'), '2\n');
    const other = createMailer({ root });
    await expect(other.send({ from: 'w0', to: ['w1'], subject: 'x', body: '', type: 'note' })).rejects.toMatchObject({
      code: 'unknown-format',
      message: expect.stringContaining('format 2'),
    });
    expect(await subjects('w1')).toEqual(['hello']);
    expect(existsSync(join(root, 'w0', 'oompa-seq'))).toBe(true);
  });

  test('attachments travel by path, digest and size', async () => {
    const { boxes, send } = await makeMailboxes();
    const sha256 = 'a'.repeat(64);
    const attachments = Array.from({ length: 20 }, (_, n) => ({ path: `src/ü b:${n}.ts`, sha256, bytes: n }));
    await send({ attachments });
    expect((await listing(boxes, 'w1'))[0]?.heading.attachments).toEqual(attachments);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean } from '../../src/core/clean.ts';
import { isId } from '../../src/core/ids.ts';
import { compose, messageId } from '../../src/mail/compose.ts';
import type { Draft } from '../../src/mail/contract.ts';
import { limits } from '../../src/mail/message.ts';
import { parse } from '../../src/mail/parse.ts';

const otherwise = { id: 'file-name', date: '2020-01-01T00:00:00.000Z' };
const read = (text: string | Buffer) => parse(Buffer.from(text as string), 'oompa', otherwise);

function draft(part: Partial<Draft>): Draft {
  return { from: 'lead', to: ['w0'], subject: 'hello', body: 'Hi.', type: 'note', ...part };
}

async function roundTrip(part: Partial<Draft>) {
  const whole = draft(part);
  const id = messageId(whole, 'oompa');
  const bytes = await compose(whole, whole, id, 'oompa');
  return { id, bytes, text: bytes.toString(), message: await parse(bytes, 'oompa', otherwise) };
}

describe('what we write', () => {
  test('is read back, whatever the text', async () => {
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,30}$/).filter(isId);
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    const part = fc.record({
      from: id,
      to: fc.uniqueArray(id, { minLength: 1, maxLength: 40 }),
      subject: fc.oneof(text, fc.string({ maxLength: 300 })),
      body: fc.oneof(text, fc.stringMatching(/^[-a-z:\r\n .=]*$/)),
      key: fc.oneof(id, text),
      inReplyTo: fc.option(fc.stringMatching(/^[!-;=?-~]{1,80}$/)),
    });
    await fc.assert(
      fc.asyncProperty(part, async (each) => {
        const { id, message } = await roundTrip(each);
        expect(message).toMatchObject({ id, from: each.from, to: each.to, type: 'note', inReplyTo: each.inReplyTo });
        expect(message.body).toBe(each.body.toWellFormed().replace(/\r\n?/g, '\n'));
        // An encoded word that somebody typed is decoded by every mail program, and so here.
        if (!each.subject.includes('=?')) expect(message.subject).toBe(clean(each.subject).trim());
      }),
      { numRuns: 500 },
    );
  });

  test('JSON of any kind comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ stringUnit: 'binary' }), async (body) => {
        expect((await roundTrip({ type: 'turn', body })).message).toMatchObject({ type: 'turn', body });
      }),
      { numRuns: 200 },
    );
  });

  test('has the headers that mail programs look for, and a body that cat shows', async () => {
    const { text } = await roundTrip({ key: 'k1', subject: 'Grüße', body: 'Schöne\nGrüße', inReplyTo: 'w0+a@oompa' });
    expect(text).toMatch(
      /^From: lead@oompa\nTo: w0@oompa\nSubject: =\?UTF-8\?Q\?Gr=C3=BC=C3=9Fe\?=\nDate: .* \+0000\n/,
    );
    expect(text).toContain('\nMessage-ID: <lead+k1@oompa>\nIn-Reply-To: <w0+a@oompa>\nReferences: <w0+a@oompa>\n');
    expect(text).toContain('\nOompa-Type: note\n');
    expect(text).toMatch(/\nContent-Type: text\/plain; charset=utf-8\n\nSchöne\nGrüße\n$/);
  });

  test('keeps the order of one sender, also within a millisecond', async () => {
    const dates: string[] = [];
    for (let n = 0; n < 50; n += 1) dates.push((await roundTrip({})).message.date);
    expect([...new Set(dates)].sort()).toEqual(dates);
    expect(dates.every((each) => Math.abs(Date.parse(each) - Date.now()) < 60_000)).toBe(true);
  });

  test('a key is told apart from every other key of every other sender', () => {
    const id = (from: string, key: string) => messageId({ from, key }, 'oompa');
    const odd = ['a b', 'a/b', '../x', '', 'x'.repeat(65), 'ä', 'A'];
    expect(
      new Set([...odd.map((key) => id('lead', key)), id('w0', 'a b'), id('lead', 'w0'), id('w0', 'lead')]).size,
    ).toBe(10);
    for (const key of odd) expect(id('lead', key)).toMatch(/^lead\+~[0-9a-f]{40}@oompa$/);
    expect(id('lead', 'a b')).toBe(id('lead', 'a b'));
    expect(messageId({ from: 'lead' }, 'oompa')).not.toBe(messageId({ from: 'lead' }, 'oompa'));
  });

  test('other headers travel, ours cannot be given', async () => {
    const { message } = await roundTrip({ headers: { Keywords: 'high', 'Oompa-Attempt': '2', 'X-Who': 'Zoë' } });
    expect(message.headers).toMatchObject({ keywords: 'high', 'oompa-attempt': '2', 'x-who': 'Zoë' });
    for (const name of [
      'From',
      'to',
      'Bcc',
      'Message-Id',
      'Content-Type',
      'oompa-type',
      'Oompa-Sent',
      'MIME-Version',
      'a:b',
      'a b',
      'x\n',
    ]) {
      await expect(roundTrip({ headers: { [name]: 'x' } })).rejects.toMatchObject({ code: 'bad-header' });
    }
  });

  test('no value makes a header of its own', async () => {
    const evil = 'x\r\nBcc: all@oompa\r\n\r\nowned';
    const { message, text } = await roundTrip({ subject: evil });
    expect(message.headers).not.toHaveProperty('bcc');
    expect(message).toMatchObject({ subject: 'x Bcc: all@oompa owned', body: 'Hi.' });
    expect(text).not.toMatch(/^Bcc/m);
    await expect(roundTrip({ headers: { Importance: evil } })).rejects.toMatchObject({ code: 'bad-header' });
    await expect(roundTrip({ inReplyTo: evil })).rejects.toMatchObject({ code: 'bad-header' });
    await expect(roundTrip({ to: [evil] })).rejects.toMatchObject({ code: 'bad-address' });
    await expect(roundTrip({ from: evil })).rejects.toMatchObject({ code: 'bad-address' });
  });

  test('is refused when it is too big or its body is not what its type says', async () => {
    await expect(roundTrip({ body: 'x'.repeat(limits.message) })).rejects.toMatchObject({ code: 'too-big' });
    await expect(roundTrip({ type: 'wish', body: '{"wish":' })).rejects.toMatchObject({ code: 'bad-body' });
  });
});

describe('what others write', () => {
  test('a few lines are enough', async () => {
    expect(await read('From: w1\n\nhello\n')).toMatchObject({
      id: 'file-name',
      from: 'w1',
      to: [],
      subject: '',
      date: otherwise.date,
      type: 'note',
      inReplyTo: null,
      body: 'hello',
    });
  });

  test('CRLF, folded headers, groups and strangers', async () => {
    const message = await read(
      'From: "Lead" <lead@example.com>\r\nTo: team: w0@oompa, Zoë <w1@oompa>;,\r\n x@y.z\r\nSubject: a\r\n  b\r\nDate: Tue, 01 Sep 2026 10:00:00 +0200\r\nMessage-ID:  <a@b>\r\n\r\none\r\ntwo\r\n',
    );
    expect(message).toMatchObject({
      id: 'a@b',
      from: 'lead@example.com',
      to: ['w0', 'w1', 'x@y.z'],
      subject: 'a  b',
      date: '2026-09-01T08:00:00.000Z',
      body: 'one\ntwo',
    });
  });

  test.each([
    [
      'quoted-printable',
      'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable',
      'Gr=C3=BC=C3=9Fe=\n!',
      'Grüße!',
    ],
    [
      'base64 JSON',
      'Oompa-Type: wish\nContent-Type: application/json\nContent-Transfer-Encoding: base64',
      'eyJ3aXNoIjoic3RvcCJ9',
      '{"wish":"stop"}',
    ],
    [
      'latin1',
      'Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable',
      'Gr=FC=DFe',
      'Grüße',
    ],
    [
      'multipart',
      'Content-Type: multipart/alternative; boundary=B',
      '--B\nContent-Type: text/plain\n\nplain\n--B\nContent-Type: text/html\n\n<b>html</b>\n--B--',
      'plain',
    ],
    ['HTML alone', 'Content-Type: text/html', '<b>html</b>', '<b>html</b>'],
  ])('%s', async (_, headers, body, text) => {
    expect((await read(`From: w0@oompa\n${headers}\n\n${body}\n`)).body).toBe(text);
  });

  test('hostile text is harmless in headers, and bytes that are no UTF-8 are marked', async () => {
    const subject = Buffer.from('\x1b]52;c;ZXZpbA==\x07red\x1b[31m\u202egnp.exe\u0007').toString('base64');
    const raw = Buffer.concat([
      Buffer.from(`From: w0@oompa\nSubject: =?utf-8?B?${subject}?=\nX-\x1b[2JEvil: \x9b31m\x1b[2J.\n__proto__: x\n\n`),
      Buffer.from([0x66, 0xff, 0xfe, 0x6f, 0x00, 0x6f]),
    ]);
    const message = await parse(raw, 'oompa', otherwise);
    expect(message.subject).toBe('red·gnp.exe');
    expect(JSON.stringify([message.subject, message.headers])).not.toMatch(/\\u001b|\\u009b|\\u202e/);
    expect(message.body).toBe('f\ufffd\ufffdo\0o');
    expect(Object.getPrototypeOf(message.headers)).toBe(Object.prototype);
  });

  test('the first of a name counts, a lying clock does not break the order', async () => {
    expect(
      await read(
        'From: w0@oompa\nFrom: lead@oompa\nOompa-Type: note\nOompa-Type: turn\nOompa-Sent: 2026-99-99T00:00:00Z\n\nx',
      ),
    ).toMatchObject({
      from: 'w0',
      type: 'note',
      date: otherwise.date,
    });
  });

  test.each([
    ['plain text', 'just some words\n'],
    ['nothing', ''],
    ['a line break first', '\nFrom: lead@oompa\n\nx'],
    ['no sender', 'Subject: x\n\nFrom: lead@oompa\n'],
    ['an unknown type', 'From: w0@oompa\nOompa-Type: order\n\n{}'],
    [
      'a typed body that is torn',
      'From: w0@oompa\nOompa-Type: turn-result\nContent-Type: application/json\n\n{"turn":"w0-',
    ],
    ['endless headers', `From: w0@oompa\n${'X: y\n'.repeat(100_000)}\n`],
    ['a bomb of parts', `From: w0@oompa\nContent-Type: multipart/mixed; boundary=a\n\n${'--a\n\n'.repeat(100_000)}`],
    [
      'deep nesting',
      `From: w0@oompa\nContent-Type: multipart/mixed; boundary=b0\n\n${Array.from({ length: 300 }, (_, n) => `--b${n}\nContent-Type: multipart/mixed; boundary=b${n + 1}\n\n`).join('')}`,
    ],
  ])('%s is no mail', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ name: 'EffectError', code: 'not-mail' });
  });

  test('random bytes are mail or no mail, nothing else', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(`From: w0@oompa\n${text}`)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (each) => {
        const error = await parse(Buffer.from(each), 'oompa', otherwise).then(
          () => null,
          (thrown) => thrown,
        );
        if (error) expect(error).toMatchObject({ name: 'EffectError', code: 'not-mail' });
      }),
      { numRuns: 1_000 },
    );
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Draft, Post } from '../../src/mail/contract.ts';
import { createPost } from '../../src/mail/post.ts';

const python = spawnSync('python3', ['--version']).status === 0;
if (!python) console.log('skipped: there is no python3 to read our mail with');

/** Reads a mailbox as any Python program would; prints JSON. */
const reader = `
import email.policy, json, mailbox, sys
box = mailbox.Maildir(sys.argv[1], create=False, factory=None)
out = []
for key in box.keys():
    with box.get_file(key) as file:
        m = email.message_from_binary_file(file, policy=email.policy.default)
    text = m.get_content()
    out.append({
        'key': key, 'defects': [str(d) for d in m.defects] + [str(d) for v in m.values() for d in getattr(v, 'defects', ())],
        'id': m['Message-ID'], 'from': m['From'].addresses[0].addr_spec, 'to': [a.addr_spec for a in m['To'].addresses],
        'subject': m['Subject'].strip(), 'date': m['Date'].datetime.isoformat(), 'type': m['Oompa-Type'],
        'contentType': m.get_content_type(), 'charset': m.get_content_charset(), 'reply': m['In-Reply-To'],
        'body': text if isinstance(text, str) else text.decode('utf-8'),
        'flags': box.get_message(key).get_flags(), 'folder': box.get_message(key).get_subdir(),
    })
print(json.dumps(out))
`;

const writer = `
import mailbox, sys
from email.message import EmailMessage
box = mailbox.Maildir(sys.argv[1], create=False)
def add(subject, body, **kw):
    m = EmailMessage()
    m['From'] = 'w1@oompa'; m['To'] = 'w0@oompa, Zoë <w2@oompa>'; m['Subject'] = subject
    m['Message-ID'] = '<%s@python>' % len(box)
    m.set_content(body, **kw)
    return box.add(m)
add('plain', 'Hi.\\n')
add('Grüße 🎉 ' + 'lang ' * 40, 'Schöne Grüße\\n' + 'x' * 2000 + '\\n')
add('base64', 'Grüße\\n', cte='base64')
add('latin', 'Grüße\\n', charset='iso-8859-1')
m = EmailMessage(); m['From'] = 'w1@oompa'; m['Subject'] = 'parts'; m.set_content('text\\n'); m.add_alternative('<b>html</b>', subtype='html'); m.add_attachment(b'\\x00\\xff', maintype='application', subtype='octet-stream'); box.add(m)
m = EmailMessage(); m['From'] = 'operator@oompa'; m['Subject'] = 'wish'; m['Oompa-Type'] = 'wish'; m.set_content(b'{"wish":"stop"}', maintype='application', subtype='json'); box.add(m)
`;

describe.skipIf(!python)('Python', () => {
  let root: string;
  let post: Post;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'oompa-mail-'));
    post = createPost({ root });
    for (const address of ['w0', 'w1', 'w2', 'w3']) await post.open(address);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const run = (script: string, address: string) =>
    execFileSync('python3', ['-c', script, join(root, address)], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    });

  test('reads every message that we write', async () => {
    const drafts: Partial<Draft>[] = [
      { subject: 'plain', body: 'Hi.' },
      { subject: 'Grüße 🎉 日本語', body: '# Schöne\n\nGrüße 🎉\n\n- From here\n.\n..\nFrom: nobody\n' },
      { subject: `${'very long subject '.repeat(30)}`, body: 'ä'.repeat(5_000) },
      { subject: `x${'y'.repeat(300)}`, body: '' },
      { subject: 'turn', type: 'turn', body: JSON.stringify({ prompt: 'Zeile\n'.repeat(2_000), tag: '🎉' }) },
      { subject: 'wish', type: 'wish', body: '{"wish":"stop"}', from: 'operator' },
      { subject: 'answer', body: 'yes\n\n\n', inReplyTo: 'lead+k0@oompa', key: 'odd key ☃' },
      { subject: '[a] QUESTION: x?', type: 'QUESTION', body: '## Question\nx?', thread: 'a', importance: 'urgent' },
      {
        ...{ subject: 'all of it', ackBy: '2030-01-01T00:00:00.000Z', expires: '2030-01-01T00:00:00.000Z' },
        attachments: Array.from({ length: 30 }, (_, bytes) => ({
          path: `ü/${bytes} x`,
          sha256: 'a'.repeat(64),
          bytes,
        })),
        ...{ inReplyTo: 'lead+k1@oompa', references: Array.from({ length: 40 }, (_, at) => `lead+k${at}@oompa`) },
      },
      { subject: 'to all', body: 'x', to: ['w0', 'w1', 'w2'] },
      { subject: 'evil\r\nBcc: x@y\r\n\r\n', body: '\tindented  \n trailing  ' },
    ];
    const sent = [];
    for (const [n, each] of drafts.entries()) {
      const draft: Draft = { from: 'lead', to: ['w0'], subject: '', body: '', type: 'note', key: `k${n}`, ...each };
      sent.push({ ...draft, ...(await post.deliver(draft)) });
    }
    const ours = await post.peek('w0');
    await post.take(ours[0] as never, 'RS');

    const theirs: Record<string, unknown>[] = JSON.parse(run(reader, 'w0'));
    expect(theirs).toHaveLength(drafts.length);
    for (const [n, each] of sent.entries()) {
      const seen = theirs.find(({ id }) => id === `<${each.id}>`);
      expect(seen).toMatchObject({
        defects: [],
        from: `${each.from}@oompa`,
        to: each.to.map((address) => `${address}@oompa`),
        subject: ours[n]?.message.subject,
        type: each.type,
        body: `${each.body}\n`,
        charset: 'utf-8',
        contentType: each.body.startsWith('{') ? 'application/json' : 'text/plain',
        reply: each.inReplyTo ? `<${each.inReplyTo}>` : null,
        flags: n === 0 ? 'RS' : '',
        folder: n === 0 ? 'cur' : 'new',
      });
      expect(Date.parse(seen?.date as string)).toBe(
        Math.floor(Date.parse(ours[n]?.message.date ?? '') / 1_000) * 1_000,
      );
    }
  });

  test('is read by us', async () => {
    run(writer, 'w3');
    const found = new Map((await post.peek('w3')).map((each) => [each.message.subject, each.message]));
    expect(found.size).toBe(6);
    expect(found.get('plain')).toMatchObject({
      id: '0@python',
      from: 'w1',
      to: ['w0', 'w2'],
      type: 'note',
      body: 'Hi.',
    });
    expect(found.get(`Grüße 🎉 ${'lang '.repeat(40)}`.trim())?.body).toBe(`Schöne Grüße\n${'x'.repeat(2_000)}`);
    expect(found.get('base64')?.body).toBe('Grüße');
    expect(found.get('latin')?.body).toBe('Grüße');
    expect(found.get('parts')?.body).toBe('text');
    expect(found.get('wish')).toMatchObject({ from: 'operator', type: 'wish', body: '{"wish":"stop"}' });
    expect(await post.find('w3', '0@python')).toMatchObject({ message: { subject: 'plain' } });
    for (const each of await post.peek('w3')) expect(await post.take(each)).not.toBeNull();
    expect(run('import mailbox, sys; print(*(m.get_flags() for m in mailbox.Maildir(sys.argv[1])))', 'w3')).toBe(
      'S S S S S S\n',
    );
  });
});

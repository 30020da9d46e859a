import { writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { createMailbox } from '../../src/cli/mailbox.ts';
import { findRepo, pathsOf } from '../../src/disk/paths.ts';
import { listing } from '../../src/mail/listing.ts';
import { typedDraft } from '../../src/mail/typed-draft.ts';
import { makeMailboxes } from '../mail/mailbox.ts';

async function make() {
  const all = await makeMailboxes();
  const box = createMailbox({ ...pathsOf(findRepo(process.cwd())), mail: all.root });
  const toOperator = { to: ['operator'], thread: 'cors' };
  const fields = { question: 'Which port?', options: ['8080', '9090'], task: 'cors' };
  const question = await all.send({ ...toOperator, ...typedDraft('w0', { type: 'QUESTION', fields }) });
  const note = await all.send({ ...toOperator, thread: null, subject: 'hello', body: 'Hi.' });
  return { ...all, box, question: question.id, note: note.id };
}

const stagesOf = async ({ boxes }: Awaited<ReturnType<typeof make>>) =>
  Object.fromEntries((await listing(boxes, 'operator')).map(({ heading, stage }) => [heading.id, stage]));

test('open questions and unread mail wait; what is read, done or expired does not', async () => {
  const all = await make();
  const { box, life, root, question, note } = all;
  writeFileSync(
    `${root}/operator/new/late`,
    'From: w0\nSubject: late\nExpires: Thu, 01 Jan 2026 00:00:00 +0000\n\nx\n',
  );
  expect(await box.list()).toMatchObject([
    { id: question, from: 'w0', type: 'QUESTION', task: 'cors', subject: 'Which port?' },
    { id: note, type: 'note', task: null, subject: 'hello', question: null },
  ]);
  expect(await box.list()).toBeNull();
  await life.see('operator', question);
  await life.see('operator', note);
  expect(await box.list()).toMatchObject([
    { id: question, question: { text: 'Which port?', options: ['8080', '9090'], default: null, deadline: null } },
  ]);
  await box.done(question);
  expect(await box.list()).toEqual([]);
});

test('a question is decided once; who comes later hears what was decided', async () => {
  const { box, boxes, question } = await make();
  await box.decide(question, '9090');
  await expect(box.decide(question, '8080')).rejects.toThrow('already decided: 9090');
  expect((await listing(boxes, 'w0')).map(({ heading }) => heading.type)).toEqual(['DECISION']);
});

test('a reply does what a note needed, and leaves a question open', async () => {
  const all = await make();
  const { box, boxes, question, note } = all;
  await box.list();
  expect(await box.reply(note, 'thanks')).toEqual([]);
  await box.reply(question, 'why?');
  expect(await stagesOf(all)).toEqual({ [question]: 'new', [note]: 'done' });
  const bodies = (await listing(boxes, 'w0')).map(async ({ file }) => (await boxes.receive('w0', file))?.message.body);
  expect(await Promise.all(bodies)).toEqual(['thanks', 'why?']);
});

test('a text is told once: that of a question is in the list already', async () => {
  const { box, send, question, note } = await make();
  expect([await box.text(question), await box.text(note), await box.text('w9+x@oompa')]).toEqual(['', 'Hi.', null]);
  const byHand = { type: 'QUESTION' as const, subject: 'Which?', body: 'Which?\n\nIt has to do with the proxy.' };
  expect(await box.text((await send({ to: ['operator'], ...byHand })).id)).toBe(byHand.body);
});

test('an agent in front of a screen answers nothing', async () => {
  vi.stubEnv('OOMPA_WORKER', 'w1');
  vi.stubEnv('OOMPA_ROOT', process.cwd());
  const all = await make();
  const { box, question, note } = all;
  const denied = { code: 'denied' };
  await expect(box.decide(question, '9090')).rejects.toMatchObject(denied);
  await expect(box.reply(note, 'yes')).rejects.toMatchObject(denied);
  await expect(box.done(note)).rejects.toMatchObject(denied);
  vi.unstubAllEnvs();
  expect(await stagesOf(all)).toEqual({ [question]: 'new', [note]: 'new' });
});

test('what is done is not read again', async () => {
  const { root, box } = await make();
  for (let at = 0; at < 100; at += 1) writeFileSync(`${root}/operator/cur/w0+done${at}@oompa:2,RS`, 'no mail at all');
  expect(await box.list()).toHaveLength(2);
});

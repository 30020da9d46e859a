import { expect, test } from 'vitest';
import { decide, openQuestions, optionOf } from '../../src/mail/decide.ts';
import { keepMail } from '../../src/mail/keeper.ts';
import { listing } from '../../src/mail/listing.ts';
import { typedDraft } from '../../src/mail/typed-draft.ts';
import { makeMailboxes } from './mailbox.ts';

async function ask(fields: Record<string, unknown> = {}) {
  const all = await makeMailboxes();
  const question = typedDraft('w0', {
    type: 'QUESTION',
    fields: { question: 'Which port?', options: ['8080', '9090'], ...fields },
  });
  const sent = await all.send({ from: 'w0', to: ['operator'], ...question });
  const [open] = await openQuestions(all.boxes);
  if (!open) throw new Error('no question');
  return { ...all, id: sent.id, question: open };
}

test('a question is answered by number or words, once; who asked has the decision in its thread', async () => {
  const { boxes, life, mailer, question, id } = await ask();
  expect(question).toMatchObject({ id, from: 'w0', text: 'Which port?', options: ['8080', '9090'], default: null });
  expect([optionOf(question, '2'), optionOf(question, '8080'), optionOf(question, '3')]).toEqual([
    '9090',
    '8080',
    null,
  ]);
  const decision = { question, decision: '9090', by: 'operator' as const };
  const all = await Promise.allSettled([1, 2, 3].map(() => decide({ boxes, life, mailer }, decision)));
  const others = all.filter(({ status }) => status === 'rejected');
  expect(others).toHaveLength(2);
  for (const each of others)
    expect(each).toMatchObject({ reason: { code: 'denied', message: 'already decided: 9090' } });
  expect(await openQuestions(boxes)).toEqual([]);
  const [answer] = await listing(boxes, 'w0');
  expect(answer?.heading).toMatchObject({ type: 'DECISION', from: 'operator', inReplyTo: id, thread: id, ackBy: null });
  expect(await listing(boxes, 'w0')).toHaveLength(1);
});

test('at its deadline the default is decided, unless somebody answered; then nobody can any more', async () => {
  const past = '2026-01-01T00:00:00.000Z';
  const { boxes, life, mailer, question } = await ask({ default: '8080', deadline: past });
  expect((await keepMail({ boxes, life, mailer })).decided).toEqual([{ id: question.id, decision: '8080' }]);
  expect((await keepMail({ boxes, life, mailer })).decided).toEqual([]);
  const [answer] = await listing(boxes, 'w0');
  const body = answer && (await boxes.receive('w0', answer.file))?.message.body;
  expect(body).toMatch(/^By: timeout$/m);
  await expect(decide({ boxes, life, mailer }, { question, decision: '9090', by: 'operator' })).rejects.toMatchObject({
    code: 'denied',
    message: 'already decided: 8080 (its default)',
  });
  expect(await listing(boxes, 'w0')).toHaveLength(1);
});

test('without a default, or before the deadline, it waits', async () => {
  const far = new Date(Date.now() + 1e6).toISOString();
  for (const fields of [
    { default: '8080', deadline: far },
    { deadline: '2026-01-01T00:00:00.000Z' },
    { default: '8080' },
  ]) {
    const { boxes, life, mailer } = await ask(fields);
    expect((await keepMail({ boxes, life, mailer })).decided).toEqual([]);
    expect(await openQuestions(boxes)).toHaveLength(1);
  }
});

test('a decider that died after sending: the question is closed, and nothing is decided twice', async () => {
  const { boxes, life, mailer, question } = await ask({ default: '8080', deadline: '2026-01-01T00:00:00.000Z' });
  const dying = { ...life, finish: () => Promise.reject(new Error('killed')) };
  await expect(decide({ boxes, life: dying, mailer }, { question, decision: '9090', by: 'operator' })).rejects.toThrow(
    'killed',
  );
  expect((await keepMail({ boxes, life, mailer })).decided).toEqual([]);
  expect(await listing(boxes, 'w0')).toHaveLength(1);
  expect(await openQuestions(boxes)).toEqual([]);
});

// Warms up, says `ready`, waits for a line, then acts and says `ok` or `failed <code>`: node act.ts <root> deliver|take|send|claim
import { once } from 'node:events';
import { createBoxes } from '../../../src/mail/boxes.ts';
import { createLife } from '../../../src/mail/life.ts';
import { createMailer } from '../../../src/mail/mailer.ts';
import { createPost } from '../../../src/mail/post.ts';

const [root = '', action = ''] = process.argv.slice(2);
const post = createPost({ root });
const draft = {
  from: 'lead',
  subject: 'Turn',
  body: JSON.stringify({ prompt: 'x'.repeat(100_000) }),
  type: 'turn',
  key: 'k',
} as const;
await post.deliver({ ...draft, to: ['warm'] });
const [warm] = await post.peek('warm');
if (warm) await post.take(warm);
const [waiting] = await post.peek('w0');
const mailer = createMailer({ root });
const life = createLife(createBoxes({ root }));
const note = { from: 'w1', subject: 'Note', body: 'to three', type: 'note', thread: 'a' } as const;
await mailer.send({ ...note, to: ['warm'] });
await life.take('warm', { by: 'warm', process: null });
const actions: Record<string, () => Promise<unknown>> = {
  deliver: () => post.deliver({ ...draft, to: ['w0'] }),
  take: async () => {
    if (!waiting || !(await post.take(waiting))) throw new Error('nothing to take');
  },
  send: () => mailer.send({ ...note, to: ['w0', 'w2'], bcc: ['w3'], key: 'k' }),
  claim: () => life.take('w0', { by: 'w0', process: null }),
};
process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  await actions[action]?.();
  process.stdout.write('ok\n');
} catch (error) {
  process.stdout.write(`failed ${(error as { code?: string }).code}\n`);
}
process.exit();

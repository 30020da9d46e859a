// Warms up, says `ready`, waits for a line, then delivers or takes and says `ok` or `failed <code>`: node act.ts <root> deliver|take
import { once } from 'node:events';
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
process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  if (action === 'deliver') await post.deliver({ ...draft, to: ['w0'] });
  else if (!waiting || !(await post.take(waiting))) throw new Error('nothing to take');
  process.stdout.write('ok\n');
} catch (error) {
  process.stdout.write(`failed ${(error as { code?: string }).code}\n`);
}
process.exit();

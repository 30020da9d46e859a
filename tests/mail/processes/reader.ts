// Takes everything from a mailbox and prints what it took, until <stop> exists and the box is empty: node reader.ts <root> <address> <stop>
import { existsSync } from 'node:fs';
import { createPost } from '../../../src/mail/post.ts';

const [root = '', address = '', stop = ''] = process.argv.slice(2);
const post = createPost({ root, sync: false });
let wake = () => {};
const unsubscribe = post.onHint([address], () => wake());
const alive = setInterval(() => wake(), 100);
for (;;) {
  const last = existsSync(stop);
  const hinted = new Promise<void>((resolve) => {
    wake = resolve;
  });
  for (const each of await post.peek(address)) {
    const taken = await post.take(each);
    if (!taken) continue;
    const { from, subject, body } = taken.message;
    process.stdout.write(`${from} ${subject} ${body === `${from} ${subject} `.repeat(50) ? 'whole' : 'torn'}\n`);
  }
  if (last) break;
  await hinted;
}
clearInterval(alive);
unsubscribe();

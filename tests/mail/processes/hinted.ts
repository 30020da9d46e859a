// Says `ready`, then `hint` when mail may have come, and ends: node hinted.ts <root> <address>
import { createPost } from '../../../src/mail/post.ts';

const [root = '', address = ''] = process.argv.slice(2);
const stay = setInterval(() => {}, 1_000);
const stop = createPost({ root }).onHint([address], () => {
  process.stdout.write('hint\n');
  clearInterval(stay);
  stop();
});
process.stdout.write('ready\n');

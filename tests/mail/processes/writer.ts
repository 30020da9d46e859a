// Delivers `count` messages from `from` to `to`: node writer.ts <root> <from> <to> <count>
import { createPost } from '../../../src/mail/post.ts';

const [root = '', from = '', to = '', count = ''] = process.argv.slice(2);
const post = createPost({ root });
for (let n = 0; n < Number(count); n += 1) {
  await post.deliver({ from, to: [to], subject: `${n}`, body: `${from} ${n} `.repeat(50), type: 'note' });
}

// A runner as a process of its own: `node runner-main.ts <JSON of options>`.
import { join } from 'node:path';
import { pathsOf } from '../../src/disk/paths.ts';
import { createPost } from '../../src/mail/post.ts';
import { runWorker } from '../../src/worker/runner.ts';

const { root, ...options } = JSON.parse(process.argv[2] ?? '{}');
const paths = pathsOf({ root, gitDir: join(root, '.git') });
process.exit(await runWorker({ paths, post: createPost({ root: paths.mail, sync: false }), ...options }));

// A runner as a process of its own: `node runner-main.ts <JSON of options>`. `die`: "before deliver", "after flag", …: killed there. `self`: the program that its agents call.
import { join } from 'node:path';
import { pathsOf } from '../../src/disk/paths.ts';
import type { Post } from '../../src/mail/contract.ts';
import { createPost } from '../../src/mail/post.ts';
import { writeAgentBin } from '../../src/worker/agent-bin.ts';
import { runWorker } from '../../src/worker/runner.ts';

const { root, die = '', self = null, ...options } = JSON.parse(process.argv[2] ?? '{}');
const paths = pathsOf({ root, gitDir: join(root, '.git') });
const post = mortal(createPost({ root: paths.mail, sync: false }), die);
if (self) await writeAgentBin(paths, self);
process.exit(await runWorker({ paths, post, ...options }));

function mortal(post: Post, at: string): Post {
  const [when, call] = at.split(' ');
  const act = post[call as keyof Post] as (...args: unknown[]) => Promise<unknown>;
  if (!act) return post;
  const deadly = async (...args: unknown[]) => {
    if (when === 'before') process.kill(process.pid, 'SIGKILL');
    const result = await act(...args);
    process.kill(process.pid, 'SIGKILL');
    return result;
  };
  return { ...post, [call as string]: deadly };
}

// Asks one landing (or one integration) of a repository, as a process of its own that can be killed at any system call.
// Arguments: root, what (`land` or `integrate`), the request as JSON. Prints the result as JSON.
import { findRepo, pathsOf } from '../../src/disk/paths.ts';
import { createGit } from '../../src/git/git.ts';
import { swarm } from './swarm.ts';

const [root = '', what = '', request = '{}'] = process.argv.slice(2);
const git = createGit({ paths: pathsOf(findRepo(root)), swarm, baseBranch: 'main' });
const result = what === 'land' ? await git.land(JSON.parse(request)) : await git.integrate(JSON.parse(request));
console.log(JSON.stringify(result));

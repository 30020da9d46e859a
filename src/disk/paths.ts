// Where everything lies. The root is found through git's common dir, so every worktree of a repository sees the same one.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { exitCodes, Refusal } from '../core/errors.ts';

export interface Repo {
  /** The main checkout: the folder that holds `.git`. Absolute, real. */
  root: string;
  /** git's common dir, usually `<root>/.git`. Absolute, real. */
  gitDir: string;
}

/** Finds the repository that `from` lies in, without starting git. Throws a Refusal outside one, and for a bare one. */
export function findRepo(from: string): Repo {
  for (let folder = realpathSync(from); ; folder = dirname(folder)) {
    const commonDir = commonDirOf(join(folder, '.git'));
    if (commonDir && basename(commonDir) === '.git') return { root: dirname(commonDir), gitDir: commonDir };
    // A separate git dir (`git init --separate-git-dir`, a submodule): the checkout is where the `.git` file lies.
    if (commonDir) return { root: folder, gitDir: commonDir };
    if (dirname(folder) === folder) break;
  }
  throw new Refusal(`${from} is not inside a git repository`, {
    hint: 'change to a repository, or make one: git init && git commit --allow-empty -m start',
    exitCode: exitCodes.noinput,
  });
}

function commonDirOf(dotGit: string): string | null {
  const stat = statSync(dotGit, { throwIfNoEntry: false });
  if (stat?.isDirectory())
    return statSync(join(dotGit, 'HEAD'), { throwIfNoEntry: false }) ? realpathSync(dotGit) : null;
  if (!stat?.isFile()) return null;
  const target = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, 'utf8'))?.[1];
  if (!target) return null;
  const gitDir = resolve(dirname(dotGit), target);
  try {
    const common = readFileSync(join(gitDir, 'commondir'), 'utf8').trim();
    return realpathSync(isAbsolute(common) ? common : join(gitDir, common));
  } catch {
    return statSync(gitDir, { throwIfNoEntry: false }) ? realpathSync(gitDir) : null;
  }
}

/** All paths of one repository's swarm. */
export type Paths = ReturnType<typeof pathsOf>;

export function pathsOf(repo: Repo) {
  const home = join(repo.root, '.oompa');
  return {
    ...repo,
    config: join(repo.root, 'oompa.json'),
    tasks: join(repo.root, 'tasks'),
    runs: join(repo.root, 'runs'),
    run: (swarm: string) => join(repo.root, 'runs', swarm),
    journal: (swarm: string) => join(repo.root, 'runs', swarm, 'journal.jsonl'),
    home,
    lock: join(home, 'lock'),
    /** Names the latest swarm. */
    current: join(home, 'current'),
    mail: join(home, 'mail'),
    leases: join(home, 'leases'),
    vault: join(home, 'vault.git'),
    panes: join(home, 'panes'),
    checks: join(home, 'checks'),
    workers: join(home, 'workers'),
    worker: (id: string) => join(home, 'workers', id),
    status: (id: string) => join(home, 'workers', id, 'status.json'),
    transcript: (id: string) => join(home, 'workers', id, 'transcript.jsonl'),
    prompts: (id: string) => join(home, 'workers', id, 'prompts'),
    /** Where the hooks of an interactive harness drop their notes. */
    hooks: (id: string) => join(home, 'workers', id, 'hooks'),
    /** The git hooks of workers' processes. */
    gitHooks: join(home, 'hooks'),
    /** Where the files lie that a harness wants to find. */
    harness: (id: string) => join(home, 'workers', id, 'harness'),
    worktrees: join(home, 'worktrees'),
    worktree: (id: string) => join(home, 'worktrees', id),
    tree: (id: string) => join(home, 'worktrees', id, 'tree'),
    view: (id: string) => join(home, 'worktrees', id, 'tasks'),
    /** A file for each screen that a person has open. */
    screens: join(home, 'screens'),
    /** First on the path of agents: `oompa` itself. */
    bin: join(home, 'bin'),
    probes: join(home, 'probes.json'),
    log: join(home, 'supervisor.log'),
    exclude: join(repo.gitDir, 'info', 'exclude'),
  };
}

/** The folder that oompa itself is installed in: the one that holds package.json and prompts/. */
export function packageFolder(): string {
  // From src/disk/ in a checkout, from dist/ when bundled.
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (statSync(join(folder, 'package.json'), { throwIfNoEntry: false })?.isFile() || dirname(folder) === folder)
      return folder;
  }
}

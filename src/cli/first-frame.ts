// The first frame of the TUI: plain text from what the disk says at once, on the screen before Ink is loaded.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { leaveSkeleton, skeleton } from '../ui/skeleton.ts';

/** Enters the alternate screen and paints; false (and nothing written) when this is no terminal or no repository. */
export function paintFirstFrame(): boolean {
  const { stdout, stdin } = process;
  const root = stdout.isTTY && stdin.isTTY ? repositoryOf(process.cwd()) : null;
  if (root === null) return false;
  const facts = {
    repository: basename(root),
    branch: branchOf(root),
    sha: null,
    rows: { workers: namesIn(join(root, '.oompa', 'workers')), tasks: namesIn(join(root, 'tasks', 'pending')) },
  };
  stdout.write(skeleton(stdout.columns || 80, stdout.rows || 24, facts, process.env));
  return true;
}

/** Puts the terminal back as it was before the first frame. */
export function wipeFirstFrame(): void {
  process.stdout.write(leaveSkeleton);
}

function repositoryOf(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

function branchOf(root: string): string | null {
  try {
    return /^ref: refs\/heads\/(.+)$/m.exec(readFileSync(join(root, '.git', 'HEAD'), 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

function namesIn(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}

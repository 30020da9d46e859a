// Makes commits. The author is the worker, or the operator who approves; the committer always the operator.
import type { Context } from './context.ts';
import { askGit } from './run.ts';

export interface CommitRequest {
  tree: string;
  parents: readonly string[];
  message: string;
  /** A worker's id; null for the operator. */
  author: string | null;
  /** ISO 8601: the same inputs then give the same commit. Default: now. */
  at?: string;
}

export async function makeCommit({ vault, ancestry, trees }: Context, request: CommitRequest): Promise<string> {
  const { tree, parents, message, author, at } = request;
  const commit = await askGit(
    vault.objects,
    ['commit-tree', ...parents.flatMap((parent) => ['-p', parent]), '-F', '-', tree],
    {
      input: message.endsWith('\n') ? message : `${message}\n`,
      env: {
        ...(author ? { GIT_AUTHOR_NAME: `oompa ${author}`, GIT_AUTHOR_EMAIL: `${author}@oompa.invalid` } : {}),
        ...(at ? { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at } : {}),
      },
    },
  );
  ancestry.learn(commit, parents);
  trees.learn(commit, tree);
  return commit;
}

// A small real repository with a board, a config and an agent that is a shell script; stopped and removed after the test.
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa, execaSync } from 'execa';
import { onTestFinished } from 'vitest';
import type { summary } from '../../src/cli/commands/status.ts';
import type { ConfigInput } from '../../src/core/config.ts';
import { oompa, plainEnv } from './program.ts';

/** Claims the first free task, writes `<id>.txt` and hands in; a note with `please-mend` in it makes `mended.txt`. */
const agent = `#!/bin/sh
prompt=$(cat)
case $prompt in *please-mend*) echo mended > mended.txt; echo COMPLETE_AND_READY_FOR_MERGE; exit 0 ;; esac
for file in ../tasks/pending/*.json; do
  mv "$file" ../tasks/current/ 2>/dev/null || continue
  id=$(basename "$file" .json)
  echo "working on $id"
  echo "$id" > "$id.txt"
  echo COMPLETE_AND_READY_FOR_MERGE
  exit 0
done
`;

export type Status = ReturnType<typeof summary>;

export interface Repository {
  root: string;
  write(path: string, text: string): void;
  git(...args: string[]): Promise<string>;
  status(): Promise<Status>;
  /** Asks for the status until it is so. */
  until(condition: (status: Status) => boolean, what: string): Promise<Status>;
}

export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'oompa-cli-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** `config: null` writes none; `commit: false` leaves the repository without a commit. */
export function makeRepository(
  options: {
    tasks?: readonly string[];
    config?: ConfigInput | null;
    commit?: boolean;
    /** Further programs at the root. */
    scripts?: readonly { name: string; text: string }[];
  } = {},
): Repository {
  const root = emptyFolder();
  const run = (...args: string[]) =>
    execaSync('git', [...identity, ...args], { cwd: root, env: plainEnv(), extendEnv: false });
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  run('init', '-q', '-b', 'main');
  for (const { name, text } of [{ name: 'agent.sh', text: agent }, ...(options.scripts ?? [])]) {
    write(name, text);
    chmodSync(join(root, name), 0o755);
  }
  write('.gitignore', 'tasks/\n');
  const config = options.config === undefined ? scripted() : options.config;
  if (config) write('oompa.json', JSON.stringify(config));
  for (const id of options.tasks ?? []) {
    write(`tasks/pending/${id}.json`, JSON.stringify({ id, summary: `Task ${id}` }));
  }
  if (options.commit !== false) {
    run('add', '.');
    run('commit', '-q', '-m', 'start');
  }
  const status = async () => JSON.parse((await oompa(['status', '--json'], { cwd: root })).out) as Status;
  // Registered after the folder's own removal, so it runs before it.
  onTestFinished(async () => void (await oompa(['stop'], { cwd: root })));
  return {
    root,
    write,
    git: async (...args) =>
      (await execa('git', [...identity, ...args], { cwd: root, env: plainEnv(), extendEnv: false })).stdout,
    status,
    async until(condition, what) {
      for (const deadline = performance.now() + 60_000; ; await sleep(50)) {
        const now = await status();
        if (condition(now)) return now;
        if (performance.now() > deadline)
          throw new Error(`waited in vain for: ${what}\n${JSON.stringify(now, null, 2)}`);
      }
    },
  };
}

const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgSign=false'];

/** A config whose workers run the agent of the repository. */
export function scripted(
  extra: Partial<ConfigInput> = {},
  worker: Partial<ConfigInput['workers'][0]> = {},
): ConfigInput {
  return { workers: [{ model: 'command:./agent.sh', can_plan: false, ...worker }], ...extra };
}

/** A PATH with the programs that oompa and the agent need, and without tmux; scripts by name may be added. */
export function narrowPath(scripts: Readonly<Record<string, string>> = {}): string {
  const folder = emptyFolder();
  for (const name of ['node', 'git', 'sh', 'cat', 'mv', 'basename']) {
    symlinkSync(execaSync('which', [name]).stdout, join(folder, name));
  }
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(folder, name), text, { mode: 0o755 });
  return folder;
}

// The real CLIs that the tests run, pinned, and where they lie: in a cache outside the checkout, shared by all checkouts of this user.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Cli {
  name: string;
  package: string;
  version: string;
  /** What an install without scripts leaves undone, from the package's folder: program arguments of Node. */
  finish: readonly string[] | null;
}

export const clis: readonly Cli[] = [
  { name: 'claude', package: '@anthropic-ai/claude-code', version: '2.1.329', finish: ['install.cjs'] },
  { name: 'codex', package: '@openai/codex', version: '0.169.0', finish: null },
  { name: 'opencode', package: 'opencode-ai', version: '1.18.33', finish: ['postinstall.mjs'] },
  { name: 'gemini', package: '@google/gemini-cli', version: '0.61.0', finish: null },
];

/** The folder that `npm install` of this CLI and version was made in. */
export function folderOf({ name, version }: Cli): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'oompa-test-clis', `${name}@${version}`);
}

/** The CLI's program, or null when it is not installed. */
export function programOf(cli: Cli): string | null {
  const program = join(folderOf(cli), 'node_modules', '.bin', cli.name);
  return existsSync(join(folderOf(cli), '.installed')) && existsSync(program) ? program : null;
}

// Reads the operator's own git configuration, all of it. Reading starts nothing; what is taken from it is data.
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { EffectError } from '../core/errors.ts';

/** The values of `keys` (lower case) as they are today; paths with `~/` made whole. */
export async function operatorSettings(gitDir: string, keys: readonly string[]): Promise<Map<string, string>> {
  const settings = new Map<string, string>();
  for (const entry of (await list(gitDir)).split('\0')) {
    const at = entry.indexOf('\n');
    const key = entry.slice(0, at < 0 ? undefined : at);
    if (keys.includes(key)) settings.set(key, at < 0 ? 'true' : entry.slice(at + 1).replace(/^~\//, `${homedir()}/`));
  }
  return settings;
}

const kept = ['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'];

// The one call with the operator's environment: their identity and habits are what is asked for.
function list(gitDir: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || kept.includes(name));
  const child = spawn('git', ['config', '--null', '--list'], {
    cwd: gitDir,
    env: { ...Object.fromEntries(inherited), GIT_DIR: gitDir },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const fail = (message: string, hint: string, cause?: unknown) =>
    reject(new EffectError({ code: 'git-config', message, hint, cause }));
  child.on('error', (error) => fail('git could not be started', 'install git 2.38 or newer', error));
  child.on('close', (code) => {
    if (code === 0) resolve(text);
    else fail('git cannot read its configuration', 'run `git config --list` in the repository and mend what it says');
  });
  return promise;
}

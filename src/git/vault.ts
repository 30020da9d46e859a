// The vault: a bare repository with a configuration of our own, which shares the user's objects. A worker can write the
// configuration of the user's repository, so everything that can be done here is done here.
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder, writeAtomic } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import { operatorSettings } from './operator-settings.ts';
import { readText } from './refs.ts';
import { type Place, runGit } from './run.ts';

export interface Vault {
  /** For work on objects alone. */
  objects: Place;
  /**
   * For work on files: `tree` with the index file `index`. With `gitDir` (of a checkout), what belongs to that checkout
   * (sparse patterns, shared index) is found there; the configuration is the vault's all the same.
   */
  files(tree: string, index: string, gitDir?: string): Place;
  /** The user's own repository, for refs and for the administration of worktrees; for nothing else. */
  theirs(gitDir?: string): Place;
}

/** Opens the vault, making it first where it is missing. */
export async function openVault(paths: Paths): Promise<Vault> {
  const { vault, gitDir } = paths;
  if (!readText(join(vault, 'config'))?.includes(complete)) await make(paths);
  await copyInfo(paths);
  const store = { GIT_DIR: vault, GIT_OBJECT_DIRECTORY: join(gitDir, 'objects') };
  return {
    objects: { cwd: vault, env: store },
    files: (tree, index, own) => ({
      cwd: tree,
      env: {
        ...store,
        ...(own ? { GIT_DIR: own, GIT_COMMON_DIR: vault } : {}),
        GIT_WORK_TREE: tree,
        GIT_INDEX_FILE: index,
      },
    }),
    theirs: (own) => ({
      cwd: paths.root,
      env: own && own !== gitDir ? { GIT_DIR: own, GIT_COMMON_DIR: gitDir } : { GIT_DIR: gitDir },
    }),
  };
}

// The last thing that is written: a vault without it is made again.
const complete = '[oompa]\n\tformat = 1\n';

async function make({ vault, gitDir, home }: Paths): Promise<void> {
  const theirs = await operatorSettings(gitDir, asked);
  const sha256 = theirs.get('extensions.objectformat') === 'sha256';
  await makeFolder(home);
  const init = ['init', '--quiet', '--bare', '--template=', `--object-format=${sha256 ? 'sha256' : 'sha1'}`, vault];
  await runGit({ cwd: home, env: {} }, init);
  await makeFolder(join(vault, 'info'));
  const settings: [string, string][] = [
    ['core.repositoryformatversion', sha256 ? '1' : '0'],
    ...(sha256 ? [['extensions.objectformat', 'sha256'] as [string, string]] : []),
    ['core.bare', 'true'],
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['core.fsync', 'committed'],
    ['core.fsyncMethod', 'batch'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['protocol.allow', 'never'],
    ['checkout.workers', '0'],
    ['user.name', theirs.get('user.name') ?? 'oompa'],
    ['user.email', theirs.get('user.email') ?? 'oompa@localhost'],
    ['core.excludesFile', theirs.get('core.excludesfile') ?? join(configHome(), 'git', 'ignore')],
    ['core.attributesFile', theirs.get('core.attributesfile') ?? join(configHome(), 'git', 'attributes')],
    ...asTheyAre.flatMap((key): [string, string][] => {
      const value = theirs.get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  ];
  await writeAtomic(join(vault, 'config'), settings.map(line).join('') + complete);
}

// How files and text are treated: data, none of which names a program.
const asTheyAre = [
  'core.autocrlf',
  'core.eol',
  'core.filemode',
  'core.ignorecase',
  'core.precomposeunicode',
  'core.symlinks',
  'core.sparsecheckout',
  'core.sparsecheckoutcone',
  'merge.conflictstyle',
  'merge.directoryrenames',
  'merge.renamelimit',
];
const asked = [
  ...asTheyAre,
  'user.name',
  'user.email',
  'core.excludesfile',
  'core.attributesfile',
  'extensions.objectformat',
];

function configHome(): string {
  return process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
}

function line([key, value]: [string, string]): string {
  const [section, name] = key.split('.');
  const quoted = value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
  return `[${section}]\n\t${name} = "${quoted}"\n`;
}

// Ignore rules, attributes and the border of a shallow clone follow the user's repository. Ours in the ignore rules
// mean folders of the root, and would hide what a worker puts into a `runs/` of its own.
async function copyInfo({ vault, gitDir }: Paths): Promise<void> {
  const ours = ['/.oompa/', '/runs/'];
  for (const [name, keep] of [
    ['info/exclude', (each: string) => !ours.includes(each.trim())],
    ['info/attributes', () => true],
    ['shallow', () => true],
  ] as const) {
    const text = await readFile(join(gitDir, name), 'latin1').catch(() => '');
    const wanted = text.split('\n').filter(keep).join('\n');
    const file = join(vault, name);
    const there = await readFile(file, 'latin1').catch(() => '');
    if (wanted !== there) await writeAtomic(file, Buffer.from(wanted, 'latin1'), { sync: false });
  }
}

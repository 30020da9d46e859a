// What the program says of itself, and to words it does not know.
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { commands } from '../../src/cli/commands/index.ts';
import { oompa } from './program.ts';

const cwd = tmpdir();
const shown = commands.filter((command) => !command.hidden).map(({ usage }) => usage.split(' ')[0] ?? '');

describe('help', () => {
  test.each([[['--help']], [['-h']], [['help']], [[]]])('%j names every command and exits 0', async (args) => {
    const { code, out, err } = await oompa(args, { cwd });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const name of shown) expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    expect(out).not.toMatch(/^ {2}(work|supervise)\b/m);
  });

  test('of one command, in three ways', async () => {
    const [a, b, c] = await Promise.all([
      oompa(['help', 'run'], { cwd }),
      oompa(['run', '--help'], { cwd }),
      oompa(['--help', 'swarm'], { cwd }),
    ]);
    expect(a.code).toBe(0);
    expect(a.out).toContain('--until-done');
    expect(b).toEqual(a);
    expect(c).toEqual(a);
  });

  test('of an unknown command suggests the nearest', async () => {
    const { code, out, err } = await oompa(['help', 'statu'], { cwd });
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toContain("unknown command 'statu'");
    expect(err).toContain('status');
  });
});

test('--version is the version of the package', async () => {
  expect(await oompa(['--version'], { cwd })).toEqual({ code: 0, out: manifest.version, err: '' });
});

describe('words that are wrong exit 64 and say what is right', () => {
  test.each([
    [['statsu'], /unknown command 'statsu'[\s\S]*status/],
    [['appove', 'abcd'], /unknown command 'appove'[\s\S]*approve/],
    [['run', '--untl-done'], /unknown option '--untl-done'[\s\S]*--until-done/],
    [['--untl-done', 'run'], /unknown option '--untl-done'[\s\S]*--until-done/],
    [['approve'], /missing required argument 'change'/],
    [['reject'], /missing required argument 'change'/],
    [['log'], /missing required argument 'worker'/],
    [['stop', 'now'], /too many arguments/],
    [['demo', '--workers', 'zero'], /expected a whole number/],
    [['demo', '--workers=0'], /expected a whole number/],
    [['demo', '--speed=-1'], /expected a number from 0/],
    [['demo', '--dir'], /argument missing/],
  ])('%j', async (args, expected) => {
    const { code, out, err } = await oompa(args, { cwd });
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toMatch(expected);
    expect(err).toMatch(/^oompa: /);
  });
});

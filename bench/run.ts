// Runs every bench in a process of its own, one after another, and puts what they say into results.json and the README.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { progress, type Row } from './pairs.ts';
import { checkout } from './program.ts';
import { markdown } from './table.ts';

const benches = ['first-paint', 'whole-run', 'runner', 'claims', 'frames', 'keys', 'idle', 'fold', 'board', 'mail'];
const marks = ['<!-- bench:begin -->', '<!-- bench:end -->'] as const;

const quick = process.argv.includes('--quick');
execFileSync(process.execPath, [join(checkout, 'scripts', 'build.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
const before = loadavg()[0] ?? 0;
const rows: Row[] = [];
const violated: string[] = [];
for (const name of benches) {
  progress(`${name} `);
  const argv = [join(import.meta.dirname, `${name}.ts`), '--json', ...(quick ? ['--quick'] : [])];
  const { status, stdout } = spawnSync(process.execPath, argv, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const json = /\[(?:\{.*\})?\]$/m.exec(stdout)?.[0];
  if (status === 0 && json) rows.push(...(JSON.parse(json) as Row[]));
  else violated.push(name);
}
const version = (program: string, flag: string) => execFileSync(program, [flag], { encoding: 'utf8' }).trim();
const machine = {
  at: new Date().toISOString().slice(0, 10),
  cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  load: `${before.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`,
  versions: `Node ${process.versions.node}, ${version('tmux', '-V')}, ${version('git', '--version')}, Linux ${release()}`,
};
const load = before > 1 ? ' **The machine was busy with other work**: compare ratios, not times.' : '';
const words = `${quick ? 'A short run (`--quick`). ' : ''}${machine.at}, ${machine.cpu}, ${machine.versions}; load ${machine.load}.${load}`;
const table = `${words}\n\n${markdown(rows)}${violated.length > 0 ? `\n\nNo figures, because a gate was violated: ${violated.join(', ')}.` : ''}`;
console.log(table);
if (!process.argv.includes('--dry')) {
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify({ machine, rows, violated }, null, 2)}\n`);
  const readme = join(import.meta.dirname, 'README.md');
  const [head = '', rest = ''] = readFileSync(readme, 'utf8').split(marks[0]);
  writeFileSync(readme, `${head}${marks[0]}\n${table}\n${marks[1]}${rest.split(marks[1])[1] ?? ''}`);
}
process.exit(violated.length > 0 ? 1 : 0);

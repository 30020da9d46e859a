// A swarm of the real CLIs, one worker of each that is installed, against the scripted model: tasks claimed, worked, checked, merged.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { JournalLine } from '../../src/core/event.ts';
import { fold } from '../../src/core/transition.ts';
import { findTagged, sweepTagged } from '../../src/disk/process.ts';
import { clis, programOf } from '../clis/clis.ts';
import { makePlace, models } from '../clis/place.ts';
import { builtProgram } from '../helpers/built.ts';
import type { Reply, Scenario } from '../model-server/script.ts';
import { startModelServer } from '../model-server/server.ts';

const there = clis.filter((cli) => programOf(cli) !== null);
const missing = clis.filter((cli) => !there.includes(cli)).map(({ name, version }) => `${name} ${version}`);
if (missing.length > 0) console.warn(`without ${missing.join(', ')}: not installed; sh scripts/test-clis.sh`);

/** An agent that does what the task rules ask: claims what is suggested, makes a file for each claim, hands in. */
const agent: Scenario = {
  when: /\[oompa:[0-9a-f]{8}:w\d+\]/,
  replies(prompt): Reply[] {
    const claims = [...prompt.matchAll(/^### (\S+) \(\S+\.json\)$/gm)].map(([, id]) => id ?? '');
    const offered = /^- (\S+): .*\(suggested\)$/m.exec(prompt)?.[1];
    if (claims.length > 0)
      return [
        { text: 'I make it.', calls: claims.map((id) => ({ write: `${id}.txt`, content: `${id} is done\n` })) },
        { text: 'Made.\n\nCOMPLETE_AND_READY_FOR_MERGE' },
      ];
    return [{ text: offered ? `I take ${offered}.\n\nCLAIM(${offered})` : 'Nothing to do.' }];
  },
};

test.runIf(there.length > 0)(
  'one worker of each harness finishes a task, end to end',
  { timeout: 400_000 },
  async () => {
    const server = await startModelServer([agent]);
    const { root, env, remove } = makePlace(there, { url: server.url });
    onTestFinished(async () => {
      await sweepTagged('OOMPA_ROOT', root, { graceMs: 0 });
      await server.close();
      remove();
    });
    // The last one by another name, as a second account would be.
    const used = there.map(({ name }) => models[name] ?? '');
    const last = used.at(-1) ?? '';
    used[used.length - 1] = last.replace(/^\w+/, 'second');
    const config = {
      workers: used.map((model) => ({ model, can_plan: false })),
      harnesses: { second: { base: last.replace(/:.*/, '') } },
      checks: [{ name: 'there', run: ['test', '-e', 'a.txt'] }],
    };
    writeFileSync(join(root, 'oompa.json'), JSON.stringify(config));
    const tasks = there.map(({ name }) => `for-${name}`);
    for (const column of ['pending', 'current', 'complete'])
      mkdirSync(join(root, 'tasks', column), { recursive: true });
    for (const id of tasks)
      writeFileSync(join(root, 'tasks', 'pending', `${id}.json`), JSON.stringify({ id, summary: `make ${id}.txt` }));

    const [program = '', ...first] = builtProgram();
    const child = spawn(program, [...first, 'run', '--until-done', '--approval', 'auto'], { cwd: root, env });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const [printed, complained, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    expect({ code, complained }, printed).toEqual({ code: 0, complained: '' });

    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    const merged = git('log', '--merges', '--format=%(trailers:key=Oompa-Worker,valueonly,separator=)', 'main');
    expect(merged.split('\n').sort()).toEqual(there.map((_, index) => `w${index}`));
    for (const id of tasks) expect(git('show', `main:${id}.txt`)).toBe(`${id} is done`);
    const swarm = readFileSync(join(root, '.oompa', 'current'), 'utf8').trim();
    const journal = readFileSync(join(root, 'runs', swarm, 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const state = fold(journal.map((line) => JSON.parse(line) as JournalLine));
    for (const worker of Object.values(state.workers)) {
      expect(worker.usage.inputTokens).toBeGreaterThanOrEqual(300);
      const log = await promisify(execFile)(program, [...first, 'log', worker.id], { cwd: root, env });
      for (const said of ['CLAIM(for-', '.txt', 'COMPLETE_AND_READY_FOR_MERGE']) expect(log.stdout).toContain(said);
    }
    expect(findTagged('OOMPA_ROOT', root)).toEqual([]);
    expect(server.egress).toEqual([]);
  },
);

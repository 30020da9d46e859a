// Records what the installed CLIs print in each case: `node tests/clis/record.ts [name…]` writes tests/captures/<name>/<case>.json. Run
// by hand when a pinned version changes; the differences in git show what the new version says otherwise.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { harnessOf } from '../../src/harnesses/registry.ts';
import { startModelServer } from '../model-server/server.ts';
import type { Capture } from './capture.ts';
import { cases, keyFor, promptOf, unknownConversation } from './cases.ts';
import { type Cli, clis, programOf } from './clis.ts';
import { makePlace, type Place } from './place.ts';

const wanted = process.argv.slice(2);
for (const cli of clis) {
  if (wanted.length > 0 && !wanted.includes(cli.name)) continue;
  if (programOf(cli)) await recordAll(cli);
  else console.log(`${cli.name} ${cli.version} is not installed: sh scripts/test-clis.sh ${cli.name}`);
}

async function recordAll(cli: Cli): Promise<void> {
  const server = await startModelServer(cases(cli.name));
  const folder = join(import.meta.dirname, '..', 'captures', cli.name);
  mkdirSync(folder, { recursive: true });
  const aim = (name: string) => ({ url: server.url, ...keyFor(cli.name, name) });
  const save = async (place: Place, name: string, conversation: string | null) => {
    const capture = await record(cli, place, name, conversation);
    const id = /"(?:session_id|thread_id|sessionID)":"([^"]+)"/.exec(JSON.stringify(capture.stdout))?.[1];
    const known = JSON.stringify(capture, null, 1)
      .replaceAll(place.tree, '/tree')
      .replaceAll(place.env.HOME ?? '', '/home/user')
      .replaceAll(server.url, 'http://127.0.0.1:1');
    writeFileSync(join(folder, `${name}.json`), `${id ? known.replaceAll(id, 'conversation-1') : known}\n`);
    console.log(`${cli.name} ${name}: exit ${capture.code}, ${capture.stdout.length} lines`);
    return id ?? null;
  };
  const place = makePlace([cli], aim('work'));
  const conversation = await save(place, 'work', null);
  await save(place, 'resume', conversation);
  await save(place, 'unknown', unknownConversation[cli.name] ?? '');
  place.remove();
  for (const name of ['limit', 'auth', 'provider', 'context']) {
    const fresh = makePlace([cli], aim(name));
    await save(fresh, name, null);
    fresh.remove();
  }
  if (server.egress.length + server.strange.length > 0) console.log('elsewhere:', server.egress, server.strange);
  await server.close();
}

async function record(cli: Cli, place: Place, name: string, conversation: string | null): Promise<Capture> {
  const { harness, env, ...launch } = harnessOf(place.model);
  const prompt = promptOf(name);
  const turn = harness.turn({
    ...{ ...launch, root: place.root, cwd: place.tree, prompt, conversation, readOnly: false },
    ...{ mcp: null, folder: place.root, environment: place.env },
  });
  const [program = '', ...args] = turn.argv;
  const child = spawn(program, args, { cwd: turn.cwd, env: { ...place.env, ...turn.env, ...env, PWD: turn.cwd } });
  child.stdin.end(turn.stdin);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  const lines = (all: string) => all.split('\n').filter(Boolean);
  return {
    version: cli.version,
    code,
    stdout: lines(stdout).map((line) => trim(JSON.parse(line))),
    // A stack trace has the paths of this machine, and nothing that is read.
    stderr: lines(stderr)
      .filter((line) => !/^\s+at /.test(line))
      .slice(0, 20),
  };
}

/** Without what is long and read by nobody. */
function trim(event: Record<string, unknown>): object {
  const { type, subtype, session_id, model, cwd } = event;
  if (type === 'system' && subtype === 'init') return { type, subtype, session_id, model, cwd };
  const long = ['modelUsage', 'subagent_stats', 'tool_use_result', 'tool_result_meta', 'model_usage_since_last_result'];
  return Object.fromEntries(Object.entries(event).filter(([key]) => !long.includes(key)));
}

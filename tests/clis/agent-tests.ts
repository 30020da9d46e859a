// The tests that every CLI passes, itself, in the hands of the real runner, against the scripted model.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Turn, TurnErrorClass, TurnResult } from '../../src/core/turn.ts';
import { processStart } from '../../src/disk/process.ts';
import { harnessOf } from '../../src/harnesses/registry.ts';
import { builtProgram } from '../helpers/built.ts';
import type { Scenario } from '../model-server/script.ts';
import { startModelServer } from '../model-server/server.ts';
import { createWorkplace, until } from '../worker/workplace.ts';
import { asksAgainItself, cases, keyFor, limitSeconds, promptOf, unknownConversation } from './cases.ts';
import { clis, programOf } from './clis.ts';
import { aliasOf, makePlace, modelOf, models } from './place.ts';

/** As in the common case, and a mail to the operator. */
const mailing: Scenario[] = [
  {
    when: /SAY resume\b/,
    replies: [
      {
        calls: [
          { shell: 'cat one.txt > two.txt' },
          { server: 'oompa', tool: 'mail_send', input: { to: ['operator'], body: 'All is well.' } },
          { server: 'own', tool: 'own_tool', input: {} },
        ],
      },
      { text: 'Created two.txt.' },
    ],
  },
];

export function agentTests(name: string): void {
  const cli = clis.find((each) => each.name === name);
  if (!cli) throw new Error(`no CLI ${name}`);
  const there = programOf(cli) !== null;
  if (!there) console.warn(`skipped: ${name} ${cli.version} is not installed; sh scripts/test-clis.sh ${name}`);

  /** The longest turn of the tests so far: what this CLI needs on this machine. */
  let longestMs = 0;

  const begin = async ({ model = modelOf(name), ...aim }: { model?: string; key?: string } = {}) => {
    const server = await startModelServer([...mailing, ...cases(name)]);
    const place = await createWorkplace();
    execFileSync('git', ['init', '--quiet', place.root]);
    const { tree, env, remove } = makePlace([cli], { url: server.url, ...aim });
    onTestFinished(async () => {
      await server.close();
      remove();
    });
    let turns = 0;
    const send = (what: string, patch: Partial<Turn> = {}) => {
      turns += 1;
      return place.send({ turn: `w0-t${turns}`, prompt: promptOf(what), cwd: tree, model, timeouts, ...patch });
    };
    const ask = async (what: string, patch: Partial<Turn> = {}) => {
      const result = await place.answer(await send(what, patch));
      longestMs = Math.max(longestMs, result.durationMs);
      return result;
    };
    return {
      server,
      place,
      send,
      start: () => place.start({ env, self: builtProgram() }),
      ask,
      /** As lead does after a failure that is nobody's fault: in the conversation that was told, or, where the CLI kept none, afresh. */
      askAgain: async (what: string, { conversation }: TurnResult) => {
        const result = await ask(what, { conversation });
        return result.error?.class === 'no_conversation' ? ask(what) : result;
      },
      file: (path: string) => readFileSync(join(tree, path), 'utf8'),
      has: (path: string) => existsSync(join(tree, path)),
    };
  };

  describe.runIf(there)(`${name} ${cli.version}`, () => {
    // A CLI needs seconds to start, on a busy machine many.
    vi.setConfig({ testTimeout: 240_000 });

    test.each(models[name] ?? [])('%s works in its worktree, resumes its conversation, and is shown', async (model) => {
      const { server, place, start, ask, file } = await begin({ model });
      const runner = start();
      const first = await ask('work');
      expect(first).toMatchObject({ outcome: 'done', error: null });
      expect(first.said).toBe('First I look.\nCreated one.txt.\n\nCOMPLETE_AND_READY_FOR_MERGE');
      expect(first.usage).toMatchObject({ inputTokens: 3_400, outputTokens: 90 });
      expect([file('one.txt'), file('a.txt')]).toEqual(['one\ntwo\n', 'alpha\ngamma\n']);
      expect(server.requests[0]?.prompt).toContain(promptOf('work').trim());
      for (const text of ['a.txt', 'one.txt', 'echo hi', '3400 tokens in, 90 out'])
        expect(runner.shown()).toContain(text);

      const { conversation } = first;
      expect(conversation).not.toBeNull();
      const before = server.requests.length;
      const second = await ask('resume', { conversation, alias: aliasOf(name) });
      expect(second).toMatchObject({ outcome: 'done', conversation, said: 'Created two.txt.' });
      expect(second.usage).toMatchObject({ inputTokens: 200, outputTokens: 20 });
      expect(file('two.txt')).toBe('one\ntwo\n');
      // By oompa's own tools beside those of the user's.
      const [mail] = await place.post.peek('operator', { type: 'said' });
      expect(mail?.message).toMatchObject({ from: 'w0', body: 'All is well.' });
      expect(file('own.txt')).toBe('called\n');
      if (name !== 'codex')
        expect(server.requests.at(-1)?.tools.join(' ')).toMatch(/_mail_wait\b.*_own_tool|_own_tool\b.*_mail_wait/);
      const remembered = server.requests[before]?.messages.filter(({ by }) => by === 'user').map(({ text }) => text);
      expect(remembered?.join('\n')).toContain('SAY work');

      const transcript = readFileSync(place.paths.transcript('w0'), 'utf8');
      expect(transcript).toContain('"type":"raw"');
      expect(server.egress).toEqual([]);
      expect(server.strange).toEqual([]);
    });

    test('a conversation that it does not know is told, and nothing was done', async () => {
      const { server, start, ask } = await begin();
      start();
      const result = await ask('work', { conversation: unknownConversation[name] ?? '' });
      expect(result).toMatchObject({
        outcome: 'failed',
        error: { class: 'no_conversation' },
        conversation: null,
        said: '',
      });
      expect(server.requests).toEqual([]);
    });

    test('tells whether somebody is logged in', async () => {
      const { tree, env, model, remove } = makePlace([cli], { url: 'http://127.0.0.1:9' });
      onTestFinished(remove);
      const known = harnessOf(model);
      const ask = (of: string, variables: Record<string, string>) =>
        known.harness.login?.ask({ ...known, bin: programOf(cli) ?? '', root: tree, model: of }, variables);
      expect(await ask(known.model, env)).toBe(loggedIn[name]);
      expect(await ask(name === 'opencode' ? 'anthropic/x' : known.model, { HOME: tree, TMPDIR: tree })).toBe(false);
    });

    const failures: [string, TurnErrorClass][] = [
      ['limit', 'rate_limit'],
      ['auth', 'auth'],
      ['provider', 'provider'],
      ['context', 'context_full'],
    ];
    test.each(failures)('%s is told as %s', async (what, kind) => {
      const { server, start, ask, askAgain } = await begin(keyFor(name, what));
      const runner = start();
      const before = Date.now();
      const result = await ask(what);
      expect(result).toMatchObject({ outcome: 'failed', error: { class: kind } });
      await runner.shows(`! ${kind}: `);
      if (what !== 'limit') return;
      // Some tell it to the minute only.
      const waitMs = Date.parse(result.error?.resetAt ?? '') - before;
      expect(waitMs).toBeGreaterThan((limitSeconds - 61) * 1_000);
      expect(waitMs).toBeLessThan((limitSeconds + 300) * 1_000);
      server.play([{ when: /SAY limit\b/, replies: [{ text: 'Back again.' }] }]);
      expect(await askAgain(what, result)).toMatchObject({ outcome: 'done', error: null, said: 'Back again.' });
    });

    test('an answer that breaks off is asked for again, by the CLI or by lead', async () => {
      const { server, start, ask, askAgain } = await begin();
      start();
      const first = await ask('cut');
      const done = { outcome: 'done', error: null, said: 'Cut once.' };
      const failed = { outcome: 'failed', error: { class: 'provider' }, said: '' };
      expect(first).toMatchObject(asksAgainItself[name] ? done : failed);
      if (first.error) expect(await askAgain('cut', first)).toMatchObject(done);
      expect(server.requests.map(({ answered }) => answered)).toEqual(['cut', 'ok']);
    });

    test('killed with its runner in the middle of a turn, it is taken up again, and what it left is swept', async () => {
      const { server, place, send, start, file } = await begin();
      const runner = start();
      const turn = await send('hang-once');
      await until(() => server.requests.some(({ answered }) => answered === 'hang'));
      // What its tools start carries the mark of the turn, in whatever session it runs.
      expect(file('left.env')).toContain(`OOMPA_TURN=${place.swarm}.w0-t1\n`);
      const left = Number(file('left.pid'));
      expect(processStart(left)).not.toBeNull();
      runner.child.kill('SIGKILL');
      await runner.exited;
      start();
      const result = await place.answer(turn);
      expect(result).toMatchObject({ attempt: 2, outcome: 'done', said: 'Here after all.' });
      expect(processStart(left)).toBeNull();
      expect(place.left(turn)).toEqual([]);
    });

    test('when its model never answers it is ended, with all that it started', async () => {
      const { place, send, start, file, has } = await begin();
      start();
      // Longer where the machine has become too busy for the CLI to come as far as its tool.
      for (let totalMs = longestMs || 20_000; !has('left.pid'); totalMs *= 2) {
        const turn = await send('hang', { timeouts: { idleMs: 600_000, totalMs } });
        const result = await place.answer(turn);
        expect(result).toMatchObject({ outcome: 'failed', error: { class: 'timeout' } });
        expect(place.left(turn)).toEqual([]);
      }
      expect(processStart(Number(file('left.pid')))).toBeNull();
    });
  });
}

/** Of a place as `makePlace` sets it up: codex there has a provider of its own, which may need none. */
const loggedIn: Record<string, boolean | null> = { claude: true, codex: null, opencode: true, gemini: true };

const timeouts = { idleMs: 200_000, totalMs: 220_000 };

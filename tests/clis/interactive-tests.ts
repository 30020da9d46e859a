// The tests that every CLI's own terminal UI passes in the hands of the real runner, against the scripted model.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Ask, Asked, type Choice, type Turn } from '../../src/core/turn.ts';
import { builtProgram } from '../helpers/built.ts';
import type { Scenario } from '../model-server/script.ts';
import { startModelServer } from '../model-server/server.ts';
import { createWorkplace, until } from '../worker/workplace.ts';
import { clis, programOf } from './clis.ts';
import { aliasOf, makePlace } from './place.ts';

const scenarios: Scenario[] = [
  {
    when: /SAY work\b/,
    replies: [
      {
        text: 'First I look.',
        calls: [
          { server: 'oompa', tool: 'mail_send', input: { to: ['operator'], body: 'I begin.' } },
          { write: 'one.txt', content: 'one\n' },
        ],
        usage: { input: 1_000, output: 20 },
      },
      { text: 'Created one.txt.\n\nCOMPLETE_AND_READY_FOR_MERGE', usage: { input: 2_000, output: 30 } },
    ],
  },
  { when: /SAY resume\b/, replies: [{ text: 'I remember.' }] },
  {
    when: /SAY slow\b/,
    replies: [{ text: 'Slow.', calls: [{ shell: 'while :; do sleep 1; done' }] }, { text: 'Never said.' }],
  },
  { when: /SAY hang-once\b/, replies: [{ text: 'Here after all.', fail: { how: 'hang', times: 1 } }] },
  { when: /SAY auth\b/, replies: [{ fail: { status: 401, message: 'Bad key.' } }] },
];

export interface Facts {
  /** Whether its hook takes an answer. */
  answers: boolean;
  /** What a person presses to allow what its dialogue asks. */
  allow: string;
  /** Whether the tests that are more about the runner than about the CLI are made with this one. */
  whole?: boolean;
}

export function interactiveTests(name: string, { answers, allow, whole = false }: Facts): void {
  const cli = clis.find((each) => each.name === name);
  if (!cli) throw new Error(`no CLI ${name}`);
  const there = programOf(cli) !== null;
  if (!there) console.warn(`skipped: ${name} ${cli.version} is not installed; sh scripts/test-clis.sh ${name}`);

  const begin = async () => {
    const server = await startModelServer(scenarios);
    const place = await createWorkplace();
    execFileSync('git', ['init', '--quiet', place.root]);
    const self = builtProgram();
    const { tree, env, model, remove } = makePlace([cli], { url: server.url });
    onTestFinished(async () => {
      await server.close();
      remove();
    });
    let turns = 0;
    const runner = place.start({ env, self });
    const send = (prompt: string, patch: Partial<Turn> = {}) => {
      turns += 1;
      const kind = { drive: 'interactive' as const, timeouts, cwd: tree, model, alias: aliasOf(name) };
      return place.send({ turn: `w0-t${turns}`, prompt, ...kind, ...patch });
    };
    const asked = async () =>
      (await place.post.peek('lead', { type: 'asked' })).map(({ message }) => Asked.parse(JSON.parse(message.body)));
    return {
      ...{ server, place, runner, send, asked },
      restart: () => place.start({ env, self }),
      mail: async () => (await place.post.peek('operator', { type: 'said' })).map(({ message }) => message.body),
      ask: async (prompt: string, patch: Partial<Turn> = {}) => place.answer(await send(prompt, patch)),
      /** The open ask of this kind; on a busy machine a person may be asked to look before that. */
      open: (kind: Ask['kind']) =>
        until(async () => {
          const [result] = await place.answers();
          if (result?.turn === `w0-t${turns}`) throw new Error(`not asked, but ${JSON.stringify(result)}`);
          const all = await asked();
          return all.find(
            ({ id, ask }) => ask?.kind === kind && !all.some((each) => each.id === id && each.ask === null),
          )?.ask;
        }),
      reply: (ask: string, choice: Choice) =>
        place.post.deliver({
          ...{ from: 'lead', to: ['w0'], subject: choice, type: 'answer', key: `${ask}.${choice}` },
          body: JSON.stringify({ ask, choice }),
        }),
      press: (keys: string) => runner.child.stdin.write(keys),
      has: (path: string) => existsSync(join(tree, path)),
      file: (path: string) => readFileSync(join(tree, path), 'utf8'),
    };
  };

  describe.runIf(there)(`${name} ${cli.version}, interactive`, () => {
    // Some take long to start, on a busy machine very long.
    vi.setConfig({ testTimeout: 480_000 });

    test('works in its own terminal UI, and takes the next prompt in it', async () => {
      const { server, place, ask, file, mail } = await begin();
      const first = await ask('[oompa:x:w0] SAY work\nand more\n');
      expect(first).toMatchObject({ outcome: 'done', error: null, usage: { inputTokens: 3_000, outputTokens: 50 } });
      expect(first.said).toBe('First I look.\nCreated one.txt.\n\nCOMPLETE_AND_READY_FOR_MERGE');
      expect(file('one.txt')).toContain('one');
      expect(await mail()).toEqual(['I begin.']);
      const { pid } = await place.live();
      const { conversation } = first;
      expect(conversation).not.toBeNull();
      const long = Array.from({ length: 60 }, (_, at) => `line ${at} of "what" $is 'said'`).join('\n');
      const second = await ask(`[oompa:x:w0] SAY resume\n${long}\n`, { conversation });
      expect(second).toMatchObject({ outcome: 'done', conversation, said: 'I remember.' });
      // The whole prompt, in the conversation that it belongs to.
      const whole = server.requests.filter(({ prompt }) => prompt.includes('line 59 of "what" $is \'said\''));
      expect(whole.some(({ messages }) => messages.some(({ text }) => text.includes('SAY work')))).toBe(true);
      expect((await place.live()).pid).toBe(pid);
      if (!whole) return;
      // A new conversation is a new start of the UI; the end of the old one is nobody's failure.
      const third = await ask('[oompa:x:w0] SAY resume', { conversation: null });
      expect(third).toMatchObject({ outcome: 'done', said: 'I remember.' });
      expect(third.conversation).not.toBe(conversation);
      expect(readFileSync(place.paths.transcript('w0'), 'utf8')).toContain('I remember.');
      expect(server.egress.filter((host) => !/githubusercontent/.test(host))).toEqual([]);
    });

    test('what it asks is told, and answered with one key or in the pane', async () => {
      const { place, send, open, reply, press, has, mail, asked } = await begin();
      const turn = await send('SAY work', { permissions: 'ask' });
      const ask = await open('permission');
      expect(ask.answerable).toBe(answers);
      expect(ask.text).toContain('one.txt');
      expect(has('one.txt')).toBe(false);
      await until(async () => (await place.live()).activity === 'needs-you');
      if (answers) await reply(ask.id, 'allow');
      else press(allow);
      expect(await place.answer(turn)).toMatchObject({ outcome: 'done' });
      expect(has('one.txt')).toBe(true);
      // What it did by a tool of ours nobody was asked about.
      expect(await mail()).toEqual(['I begin.']);
      const texts = (await asked()).flatMap((each) => (each.ask?.kind === 'permission' ? [each.ask.text] : []));
      for (const text of texts) expect(text).toContain('one.txt');
    });

    test('a person who interrupts it in the pane stops the turn', async () => {
      const { place, send, press } = await begin();
      const turn = await send('SAY slow');
      await until(async () => (await place.live().catch(() => null))?.lastLine.includes('while :'));
      // One of them wants to be asked twice.
      const pressing = setInterval(() => press('\x1b'), 1_000);
      onTestFinished(() => clearInterval(pressing));
      expect(await place.answer(turn)).toMatchObject({ outcome: 'stopped', error: null });
    });

    test.runIf(whole)('a prompt waits for the unsent text of a person', async () => {
      const { place, ask, send, open, press } = await begin();
      const { conversation } = await ask('SAY work');
      press('half a thought');
      const turn = await send('SAY resume', { conversation });
      expect((await open('draft')).answerable).toBe(false);
      press('\x03');
      expect(await place.answer(turn)).toMatchObject({ outcome: 'done', said: 'I remember.' });
    });

    test.runIf(whole)('killed with its runner it is taken up again, and nothing of it is left', async () => {
      const { server, place, runner, send, restart } = await begin();
      const turn = await send('SAY hang-once');
      await until(() => server.requests.some(({ answered }) => answered === 'hang'));
      const before = place.left(turn);
      expect(before).not.toEqual([]);
      runner.child.kill('SIGKILL');
      await runner.exited;
      restart();
      expect(await place.answer(turn)).toMatchObject({ attempt: 2, outcome: 'done', said: 'Here after all.' });
      const pids = place.left(turn).map(({ pid }) => pid);
      expect(before.filter(({ pid }) => pids.includes(pid))).toEqual([]);
    });

    test('a refused login is told', async () => {
      const { ask } = await begin();
      expect(await ask('SAY auth')).toMatchObject({ outcome: 'failed', error: { class: 'auth' } });
    });
  });
}

const timeouts = { idleMs: 400_000, totalMs: 420_000 };

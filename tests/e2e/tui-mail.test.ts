// The operator's mailbox in the real program: workers ask with `oompa mail`, the screen shows it, a key decides.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTrial, pressArmed, type Trial, tornRows } from '../helpers/trial.ts';
import { until } from '../helpers/until.ts';

/** What `oompa mail …` prints as JSON, for a worker or (null) for the person. */
function mail({ repo, env, program }: Trial, worker: string | null, ...words: string[]) {
  const [node = '', ...args] = program;
  const caller = worker === null ? {} : { OOMPA_WORKER: worker, OOMPA_ROOT: repo };
  const options = { cwd: repo, env: { ...env, ...caller }, encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(node, [...args, 'mail', ...words, '--json'], options));
}

/** Sends a question of w0 to the operator: its id, and whether the operator is there. */
function ask(trial: Trial, question: string): { id: string; status: string } {
  const fields = ['--field', `question=${question}`, 'options=8080,9090'];
  const { id, to } = mail(trial, 'w0', 'send', '--to', 'operator', '--type', 'QUESTION', ...fields);
  return { id, status: to[0].status };
}

/** The messages of a type in a mailbox, taken or not. */
const messagesIn = ({ repo }: Trial, address: string, type: string) =>
  ['new', 'cur']
    .map((folder) => join(repo, '.oompa', 'mail', address, folder))
    .flatMap((folder) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')))
    .filter((text) => text.includes(`\nOompa-Type: ${type}\n`));

describe("the operator's mailbox on the screen", { timeout: 120_000 }, () => {
  it('shows what a worker asks, decides it by a key, and loses what was decided elsewhere', async () => {
    const trial = makeTrial();
    const terminal = await trial.demo(0);
    await terminal.sees('3 for you');
    const needs = (screen: string) => Number(/⚑ (\d+) need/.exec(screen)?.[1]);
    const before = needs(await terminal.screen());
    expect(ask(trial, 'Which port?').status).toBe('live');
    expect(needs(await terminal.sees('w0 asks: Which port?'))).toBe(before + 1);
    await terminal.press('m');
    expect(tornRows(await terminal.sees(/▸ ⚑ asks +w0 [\s\S]*2 {2}9090/), 140)).toEqual([]);
    await terminal.resize(80, 24);
    await terminal.misses('1 Workers');
    const isWhole = async () => tornRows(await terminal.screen(), 80).length === 0;
    await until('a whole screen of 80x24', isWhole, { show: terminal.screen });
    await pressArmed(terminal, '2', /answered w0: 9090/, 'press the key again', 'g');
    await terminal.sees('No mail.');
    const [decision = ''] = messagesIn(trial, 'w0', 'DECISION');
    expect(decision).toMatch(/^From: operator@oompa$[\s\S]*^Decision: 9090$[\s\S]*^By: operator$/m);

    const { id } = ask(trial, 'Which port for the tests?');
    await terminal.sees(/▸ ⚑ asks +w0 .*Which port for the tests\?/);
    mail(trial, null, 'reply', id, '--choose', '1');
    await terminal.misses('Which port for the tests?');
    expect(messagesIn(trial, 'w0', 'DECISION')).toHaveLength(2);

    await terminal.press('q');
    await terminal.sees('q leave');
    await terminal.press('q');
    await terminal.ended(0);
    expect(mail(trial, 'w0', 'who').addresses).toContainEqual({ address: 'operator', status: 'offline' });
  });
});

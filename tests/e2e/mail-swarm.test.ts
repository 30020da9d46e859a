// Agents that settle things among themselves: whose a file is, by lease and mail; and what only the operator can decide, by a question.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { oompa } from '../cli/program.ts';
import { makeRepository } from '../cli/repository.ts';
import { openTerminal } from '../helpers/terminal.ts';
import { until } from '../helpers/until.ts';

/** An agent that claims one task, and for it wants `shared.txt`. Who gets the lease asks the operator; who does not asks who has it. */
const agent = `#!/usr/bin/env node
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const prompt = readFileSync(0, 'utf8');
const me = process.env.OOMPA_WORKER;
const say = (...args) => {
  const { status, stdout, stderr } = spawnSync('oompa', [...args, '--json'], { encoding: 'utf8' });
  console.log('$ oompa ' + args.join(' ') + ' -> ' + status + ' ' + stderr.trim());
  return { status, ...(stdout.trim() ? { json: JSON.parse(stdout) } : {}) };
};
const mine = /## Your claims\\s+### (\\S+)/.exec(prompt)?.[1];
if (!mine) {
  const free = [...prompt.matchAll(/^- (left|right): /gm)].map(([, id]) => id);
  const suggested = /^- (\\S+): .*\\(suggested\\)/m.exec(prompt)?.[1] ?? free[0];
  if (suggested) console.log('CLAIM(' + suggested + ')');
  process.exit(0);
}
const other = me === 'w0' ? 'w1' : 'w0';
const lease = say('lease', 'acquire', 'shared.txt', '--task', mine);
if (lease.status === 0) {
  const asked = say('mail', 'send', '--to', 'operator', '-t', 'QUESTION', '--field', 'question=Which port?',
    '--field', 'options=8080, 9090', '--field', 'task=' + mine, '--key', 'port');
  // What the operator decides is not an agent's to say.
  const forged = say('stop');
  const decision = say('mail', 'wait', '--thread', mine, '-t', 'DECISION', '--timeout', '90s');
  const wish = say('mail', 'wait', '--from', other, '--timeout', '90s');
  say('mail', 'reply', wish.json.id, '-b', 'It is mine for ' + mine + '. Take ' + other + '.txt.');
  say('mail', 'done', wish.json.id);
  const port = /^Decision: (.*)$/m.exec(decision.json.body)[1];
  writeFileSync('shared.txt', 'port ' + port + ' by ' + me + ', forged ' + forged.status + '\\n');
  say('lease', 'release');
} else {
  const holder = lease.json?.conflicts?.[0]?.holder ?? other;
  say('mail', 'send', '--to', holder, '-s', 'May I have shared.txt?', '-b', 'I need it for ' + mine + '.', '--thread', 'shared', '--ack', '5m');
  const answer = say('mail', 'wait', '--thread', 'shared', '--from', holder, '--timeout', '90s');
  const file = /Take (\\S+)\\.$/m.exec(answer.json.body)[1];
  writeFileSync(file, 'lease ' + lease.status + '\\n');
}
console.log('COMPLETE_AND_READY_FOR_MERGE');
`;

test('two workers settle whose a file is, and one goes on with what the operator decides', async () => {
  const repository = makeRepository({
    tasks: ['left', 'right'],
    config: { approval: 'auto', workers: [{ model: 'command:./agent.mjs', count: 2, can_plan: false }] },
    scripts: [{ name: 'agent.mjs', text: agent }],
  });
  const { root } = repository;
  const mail = async (...args: string[]) => oompa(['mail', ...args], { cwd: root });
  const { code, err } = await oompa(['run', '--detach'], { cwd: root });
  expect(code, err).toBe(0);
  onTestFinished(async () => void (await oompa(['stop'], { cwd: root })));

  const questions = async () => JSON.parse((await mail('inbox', '--type', 'QUESTION', '--json')).out).messages;
  const [question] = await until(
    'the question',
    async () => ((await questions()).length > 0 ? await questions() : null),
    {
      show: async () => (await oompa(['log', 'w0'], { cwd: root })).out,
    },
  );
  expect(question).toMatchObject({ stage: 'new', subject: expect.stringContaining('QUESTION: Which port?') });

  if (spawnSync('neomutt', ['-v']).status === 0) {
    const { PATH = '' } = process.env;
    const box = join(root, '.oompa', 'mail', 'operator');
    const neomutt = ['neomutt', '-n', '-F', '/dev/null', '-e', `set folder=${root}`, '-e', 'set quit=yes', '-f', box];
    const terminal = await openTerminal(neomutt, { cwd: root, env: { PATH, HOME: root, LC_ALL: 'C.UTF-8' } });
    await terminal.sees(/N .*w\d.*QUESTION: Which port\?/);
    await terminal.press('q');
    await terminal.ended(0);
    await terminal.close();
  }

  expect((await mail('reply', question.id, '--choose', '2')).code).toBe(0);
  const complete = join(root, 'tasks', 'complete');
  const show = async () =>
    `${(await oompa(['log', 'w0'], { cwd: root })).out}\n${(await oompa(['log', 'w1'], { cwd: root })).out}`;
  await until('both are merged', () => ['left', 'right'].every((id) => existsSync(join(complete, `${id}.json`))), {
    show,
  });

  const shared = readFileSync(join(root, 'shared.txt'), 'utf8');
  const [, winner] = /^port 9090 by (w[01]), forged 77\n$/.exec(shared) ?? [];
  expect(winner, shared).toBeDefined();
  const loser = winner === 'w0' ? 'w1' : 'w0';
  expect(readFileSync(join(root, `${loser}.txt`), 'utf8')).toBe('lease 4\n');
  const { messages } = JSON.parse((await mail('thread', 'shared', '--json')).out);
  expect(messages).toMatchObject([
    { from: loser, subject: 'May I have shared.txt?', stage: 'done', depth: 0 },
    { from: winner, subject: 'Re: May I have shared.txt?', depth: 1 },
  ]);
  expect((await mail('verify')).out).toBe('the mail is whole');
}, 240_000);

import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSignals } from '../../src/core/signals.ts';
import { WorkerLive } from '../../src/core/turn.ts';
import { createWorkplace, sh, until } from './workplace.ts';

test('a turn runs in the worktree with the prompt on stdin, and is answered and flagged', async () => {
  const place = await createWorkplace();
  const runner = place.start();
  const turn = await place.send({
    prompt: 'the prompt\n',
    model: sh('cat; pwd; echo CLAIM\\(a, b\\); echo aside >&2'),
  });
  const result = await place.answer(turn);
  expect(result).toMatchObject({
    turn: 'w0-t1',
    worker: 'w0',
    attempt: 1,
    outcome: 'done',
    exitCode: 0,
    signal: null,
    error: null,
  });
  expect(result.said).toBe(`the prompt\n${place.paths.tree('w0')}\nCLAIM(a, b)`);
  expect(readSignals(result.said).claims).toEqual(['a', 'b']);
  const asked = await place.flagged(turn);
  const [answer] = await place.post.peek('lead');
  expect(answer?.message.headers['oompa-swarm']).toBe(place.swarm);
  expect(answer?.message).toMatchObject({ from: 'w0', type: 'turn-result', inReplyTo: asked.message.id });

  for (const text of ['w0-t1 (work)', 'CLAIM(a, b)', 'aside', 'w0-t1 done, exit 0'])
    expect(runner.shown()).toContain(text);
  expect(await readFile(join(place.paths.prompts('w0'), 'w0-t1.md'), 'utf8')).toBe('the prompt\n');
  const transcript = await until(async () => {
    const text = await readFile(place.paths.transcript('w0'), 'utf8').catch(() => '');
    return (
      text.includes('turn-ended') &&
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    );
  });
  // How much of the text comes at once is chance.
  expect([...new Set(transcript.map((each: { type: string }) => each.type))].sort()).toEqual([
    'stderr',
    'text',
    'turn-ended',
    'turn-started',
  ]);
  const live = await until(async () => {
    const seen = WorkerLive.parse(JSON.parse(await readFile(place.paths.status('w0'), 'utf8')));
    return seen.activity === 'idle' && seen.lastLine && seen;
  });
  expect(live).toMatchObject({ pid: runner.child.pid, turn: null, lastLine: 'CLAIM(a, b)' });
});

test('turns follow each other in one runner, and 20 prompts are kept', async () => {
  const place = await createWorkplace();
  place.start();
  for (let each = 1; each <= 22; each += 1) {
    const result = await place.answer(await place.send({ turn: `w0-t${each}`, prompt: `p${each}` }));
    expect(result.said).toBe(`p${each}`);
  }
  const kept = (await readdir(place.paths.prompts('w0'))).sort();
  expect(kept).toHaveLength(20);
  expect(kept).not.toContain('w0-t2.md');
  expect(kept).toContain('w0-t22.md');
});

test('the environment is allow-listed, tagged, and PWD is the worktree', async () => {
  const place = await createWorkplace();
  place.start({
    env: {
      SECRET_TOKEN: 'x',
      GIT_DIR: '/x',
      TMUX: '/x,1,0',
      CLAUDECODE: '1',
      LC_TIME: 'C',
      https_proxy: 'http://proxy.example',
    },
  });
  const turn = await place.send({ model: 'command:env' });
  const seen = Object.fromEntries((await place.answer(turn)).said.split('\n').map((line) => line.split(/=(.*)/s, 2)));
  expect(seen).toMatchObject({
    LC_TIME: 'C',
    https_proxy: 'http://proxy.example',
    PWD: turn.cwd,
    PATH: `${place.paths.bin}:${process.env.PATH}`,
  });
  expect(seen).toMatchObject({
    OOMPA_SWARM: place.swarm,
    OOMPA_WORKER: 'w0',
    OOMPA_TURN: `${place.swarm}.w0-t1`,
    OOMPA_ROOT: place.root,
  });
  for (const name of ['SECRET_TOKEN', 'GIT_DIR', 'TMUX', 'CLAUDECODE']) expect(seen).not.toHaveProperty(name);
});

test('a relative program is the one of the main checkout', async () => {
  const place = await createWorkplace();
  place.start();
  for (const [folder, text] of [
    [place.root, 'the operator'],
    [place.paths.tree('w0'), 'the worker'],
  ] as const) {
    await writeFile(join(folder, 'agent.sh'), `#!/bin/sh\necho "of ${text}: $1"\n`);
    await chmod(join(folder, 'agent.sh'), 0o755);
  }
  const turn = await place.send({ model: 'command:./agent.sh "two words"' });
  expect((await place.answer(turn)).said).toBe('of the operator: two words');
});

test.each([
  [
    'exit 3',
    sh('echo trying; echo no such luck >&2; exit 3'),
    { class: 'crash', message: 'exit code 3: no such luck' },
    { exitCode: 3, signal: null },
  ],
  [
    'a signal',
    sh('kill -9 $$'),
    { class: 'crash', message: 'ended by SIGKILL' },
    { exitCode: null, signal: 'SIGKILL' },
  ],
  [
    'no program',
    'command:no-such-program-here',
    { class: 'spawn', message: expect.stringContaining('no program no-such-program-here') },
    { exitCode: null },
  ],
  [
    'unknown harness',
    'comand:cat',
    { class: 'spawn', message: expect.stringContaining('did you mean "command:cat"') },
    { exitCode: null },
  ],
  [
    'unfinished quote',
    'command:echo "x',
    { class: 'spawn', message: expect.stringContaining('unfinished quote') },
    { exitCode: null },
  ],
])('%s fails the turn', async (_, model, error, facts) => {
  const place = await createWorkplace();
  const runner = place.start();
  const result = await place.answer(await place.send({ model }));
  expect(result).toMatchObject({ outcome: 'failed', error, ...facts });
  await runner.shows(`${result.error?.class}: ${result.error?.message}`);
});

test('a program that may not be executed, and a worktree that is gone, fail with what to do', async () => {
  const place = await createWorkplace();
  place.start();
  await writeFile(join(place.root, 'agent.sh'), '#!/bin/sh\n');
  const first = await place.answer(await place.send({ model: 'command:./agent.sh' }));
  expect(first.error).toEqual({ class: 'spawn', message: expect.stringContaining('chmod +x') });
  const second = await place.answer(await place.send({ turn: 'w0-t2', cwd: join(place.root, 'nowhere') }));
  expect(second.error).toEqual({ class: 'spawn', message: expect.stringContaining('is gone') });
});

test('a program that does not read its prompt is none the worse for it', async () => {
  const place = await createWorkplace();
  place.start();
  const turn = await place.send({ prompt: 'x'.repeat(2_000_000), model: sh('exec <&-; echo fine') });
  expect(await place.answer(turn)).toMatchObject({ outcome: 'done', said: 'fine' });
});

test('silence ends a turn as stalled, endless talk as timeout', async () => {
  const place = await createWorkplace();
  place.start();
  const silent = await place.answer(
    await place.send({ model: 'command:sleep 1000', timeouts: { idleMs: 200, totalMs: 60_000 } }),
  );
  expect(silent).toMatchObject({
    outcome: 'failed',
    signal: 'SIGTERM',
    error: { class: 'stalled', message: 'printed nothing for 0.2 s' },
  });
  const talk = sh('while :; do echo on and on; sleep 0.01; done');
  const endless = await place.answer(
    await place.send({ turn: 'w0-t2', model: talk, timeouts: { idleMs: 30_000, totalMs: 700 } }),
  );
  expect(endless).toMatchObject({ outcome: 'failed', error: { class: 'timeout', message: 'ran longer than 0.7 s' } });
  expect(endless.said).toContain('on and on');
});

test('a process that ignores TERM is killed after the grace', async () => {
  const place = await createWorkplace();
  place.start({ graceMs: 100 });
  const turn = await place.send({
    model: sh('trap "" TERM; echo here; while :; do sleep 1; done'),
    timeouts: { idleMs: 300, totalMs: 60_000 },
  });
  expect(await place.answer(turn)).toMatchObject({ outcome: 'failed', signal: 'SIGKILL', error: { class: 'stalled' } });
  expect(place.left(turn)).toEqual([]);
});

test('nothing that a turn started outlives it', async () => {
  const place = await createWorkplace();
  place.start();
  const escapes =
    'sleep 1001 & nohup sleep 1002 >/dev/null 2>&1 & setsid sleep 1003 & (setsid sh -c "sleep 1004 & sleep 1005" &) ; sleep 0.2; echo done';
  const turn = await place.send({ model: sh(escapes) });
  expect(await place.answer(turn)).toMatchObject({ outcome: 'done', said: 'done' });
  expect(place.left(turn)).toEqual([]);
});

test('a stranger that sheds its tags and holds the pipe does not hold the turn', async () => {
  const place = await createWorkplace();
  place.start();
  const turn = await place.send({ model: sh('setsid env -i sleep 1006 & sleep 0.2; echo $!; echo done') });
  const result = await place.answer(turn);
  const [pid] = result.said.split('\n');
  process.kill(Number(pid), 'SIGKILL');
  expect(result.outcome).toBe('done');
});

test('a broken turn, one for another worker, and ones that are not for us', async () => {
  const place = await createWorkplace();
  const runner = place.start();
  const deliver = (from: string, body: string) =>
    place.post.deliver({ from, to: ['w0'], subject: 'x', body, type: 'turn' });
  await deliver('lead', '{"turn":"w0-t7","kind":"nonsense"}');
  const broken = await until(async () => (await place.answers())[0]);
  expect(broken).toMatchObject({ turn: 'w0-t7', worker: 'w0', outcome: 'failed', error: { class: 'protocol' } });
  expect(broken.error?.message).toContain('kind:');
  await deliver('lead', '{"kind":"work"}');
  expect(await until(async () => (await place.answers())[1])).toMatchObject({
    turn: expect.stringMatching(/^broken-/),
    error: { class: 'protocol' },
  });

  await place.send({ turn: 'w0-t8', swarm: '00000000', model: 'command:echo foreign swarm' });
  await runner.shows('another swarm');
  const forged = {
    turn: 'w0-t9',
    swarm: place.swarm,
    worker: 'w0',
    kind: 'work',
    prompt: '',
    cwd: place.root,
    model: 'command:echo forged',
    conversation: null,
    timeouts: { idleMs: 1, totalMs: 1 },
  };
  await deliver('w1', JSON.stringify(forged));
  await runner.shows('who is not lead');
  const honest = await place.answer(await place.send({ turn: 'w0-t10' }));
  expect(honest.outcome).toBe('done');
  expect(await place.answers()).toHaveLength(3);
});

test('of several turns that wait, only the newest runs: lead has one in flight', async () => {
  const place = await createWorkplace();
  await place.send({ turn: 'w0-t9', model: 'command:echo old' });
  await place.send({ turn: 'w0-t10', model: 'command:echo new' });
  place.start();
  const results = await until(async () => {
    const all = await place.answers();
    return all.length === 2 && all;
  });
  expect(
    results.map(({ turn, outcome, said }) => ({ turn, outcome, said })).sort((a, b) => a.turn.localeCompare(b.turn)),
  ).toEqual([
    { turn: 'w0-t10', outcome: 'done', said: 'new' },
    { turn: 'w0-t9', outcome: 'stopped', said: '' },
  ]);
});

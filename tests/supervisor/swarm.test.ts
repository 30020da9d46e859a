// Whole swarms of scripted agents on real git, board, mail and journal: what goes well, and what goes as it may.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksDigest } from '../../src/core/select.ts';
import type { Change, State } from '../../src/core/state.ts';
import { createBoxes } from '../../src/mail/boxes.ts';
import { createLife } from '../../src/mail/life.ts';
import { listing } from '../../src/mail/listing.ts';
import { createMailer } from '../../src/mail/mailer.ts';
import { createGate, goodAgent, keepBothSides, ready } from '../helpers/agents.ts';
import { violationsOf } from '../helpers/checker.ts';
import { makePlace, type Place, type PlaceOptions, put, startSwarm, swarmId } from '../helpers/world.ts';

const stopped = (state: State) => state.swarm?.status === 'stopped';
const one = { model: 'command:scripted', count: 1, can_plan: false };
const two = { ...one, count: 2 };

/** A place with a swarm on it. `asks`: the operator approves, and the swarm waits when nothing is left. */
async function begin({ asks = false, ...options }: PlaceOptions & { asks?: boolean } = {}) {
  const waits = { approval: 'operator' as const, when_done: 'wait' as const };
  const place = await makePlace({ ...options, config: { ...(asks ? waits : {}), ...options.config } });
  return { place, swarm: await startSwarm(place) };
}

function expectGood(place: Place, tasks: readonly string[], finished = true): void {
  expect(violationsOf({ root: place.root, swarm: swarmId, tasks, finished, branch: place.branch })).toEqual([]);
}

const changeOf = (state: State, task: string, status: Change['status'] = 'awaiting-approval') =>
  Object.values(state.changes).find((change) => change.tasks.includes(task) && change.status === status);

function approval(change: Change | undefined) {
  const { id = '', integration } = change ?? {};
  return {
    wish: 'approve' as const,
    change: id,
    head: id,
    base: integration?.base ?? '',
    checks: change ? checksDigest(change) : '',
  };
}

test('good agents merge everything, and the swarm stops by itself', async () => {
  const { place, swarm } = await begin({ branch: 'master' });
  const state = await swarm.until(stopped);
  expect(state.swarm?.stopReason).toBe('completed');
  for (const id of ['a', 'b', 'c']) expect(readFileSync(join(place.root, `${id}.txt`), 'utf8')).toBe(`${id} is done\n`);
  const done = JSON.parse(readFileSync(join(place.paths.tasks, 'complete', 'a.json'), 'utf8'));
  expect(done).toMatchObject({ id: 'a', 'merged-commit': changeOf(state, 'a', 'merged')?.landed, 'review-rounds': 0 });
  expectGood(place, ['a', 'b', 'c']);
});

test('a red check goes back with its output, and lands when it is mended', async () => {
  const notes: string[] = [];
  const { place, swarm } = await begin({
    tasks: { a: {} },
    config: { workers: [one], checks: [{ name: 'no-red', run: 'test ! -e RED || { echo RED is here; exit 3; }' }] },
    agent: goodAgent((hands) => {
      if (hands.claims.length > 0 && hands.turn.kind !== 'feedback') hands.write('RED', 'x\n');
      if (hands.turn.kind !== 'feedback') return null;
      notes.push(hands.note);
      hands.remove('RED');
      return ready;
    }),
  });
  const state = await swarm.until(stopped);
  expect(notes).toEqual([expect.stringContaining('no-red: exit 3\n\nRED is here')]);
  expect(changeOf(state, 'a', 'rejected')?.reason).toBe('checks failed: no-red');
  expect(changeOf(state, 'a', 'merged')?.round).toBe(1);
  expectGood(place, ['a']);
});

test('of two changes that conflict the second goes back with both sides named, and both land', async () => {
  const notes: string[] = [];
  const together = createGate(2);
  const { place, swarm } = await begin({
    tasks: { left: {}, right: {} },
    config: { workers: [two] },
    agent: goodAgent(async (hands) => {
      if (hands.turn.kind === 'conflict') {
        notes.push(hands.note);
        keepBothSides(hands, 'shared.txt');
        return ready;
      }
      if (hands.claims.length === 0) return null;
      await together();
      hands.write('shared.txt', `${hands.claims[0]}\n`);
      return null;
    }),
  });
  const state = await swarm.until(stopped);
  const [note] = notes;
  const first = Object.values(state.changes).find((change) => change.status === 'merged');
  const second = Object.values(state.changes).find((change) => change.status === 'conflicted');
  expect(notes).toHaveLength(1);
  expect(note).toContain(`Your change ${second?.id.slice(0, 7)} "${second?.title}"`);
  expect(note).toContain(`by ${first?.worker} (${first?.tasks[0]})`);
  expect(note).toContain('Files: shared.txt');
  expect(readFileSync(join(place.root, 'shared.txt'), 'utf8').split('\n').filter(Boolean).sort()).toEqual([
    'left',
    'right',
  ]);
  expectGood(place, ['left', 'right']);
});

test('the operator approves one change by mail and sends another back with a note', async () => {
  const notes: string[] = [];
  const { place, swarm } = await begin({
    asks: true,
    tasks: { a: {}, b: {} },
    agent: goodAgent((hands) => {
      if (hands.turn.kind !== 'feedback') return null;
      notes.push(hands.note);
      hands.write('b.txt', 'better\n');
      return ready;
    }),
  });
  const state = await swarm.until((now) => changeOf(now, 'a') && changeOf(now, 'b'));
  await swarm.wish({ wish: 'reject', change: changeOf(state, 'b')?.id ?? '', note: 'make it better' });
  await swarm.wish(approval(changeOf(state, 'a')));
  const mended = await swarm.until((now) => changeOf(now, 'a', 'merged') && changeOf(now, 'b'));
  expect(notes).toEqual([expect.stringContaining('make it better')]);
  await swarm.wish(approval(changeOf(mended, 'b')));
  await swarm.until((now) => changeOf(now, 'b', 'merged'));
  await swarm.stop();
  expect(readFileSync(join(place.root, 'b.txt'), 'utf8')).toBe('better\n');
  expectGood(place, ['a', 'b']);
});

test('an approval of what is no longer so counts for nothing', async () => {
  const { place, swarm } = await begin({ asks: true, tasks: { a: {} }, config: { workers: [one] } });
  const change = changeOf(await swarm.until((now) => changeOf(now, 'a')), 'a');
  const good = approval(change);
  const other = place.git('rev-parse', 'HEAD^{tree}');
  for (const stale of [
    { ...good, base: other },
    { ...good, head: other },
    { ...good, checks: 'none' },
  ])
    await swarm.wish(stale);
  const state = swarm.state();
  expect(changeOf(state, 'a')?.approval).toBe(null);
  expect(state.notices.filter(({ text }) => text.includes('it changed since you looked'))).toHaveLength(3);
  await swarm.wish({ wish: 'approve', change: other, head: other, base: other, checks: '' });
  expect(swarm.state().notices.at(-1)?.text).toContain('there is no such change');
  await swarm.wish(good);
  await swarm.until((now) => changeOf(now, 'a', 'merged'));
  await swarm.stop();
  expectGood(place, ['a']);
});

test('a paused worker takes no turn until it is resumed; a stopped one gives its task to a new one', async () => {
  const held = createGate(2);
  const { place, swarm } = await begin({
    asks: true,
    tasks: { a: {} },
    config: { workers: [one] },
    agent: goodAgent(async (hands) => {
      if (hands.worker === 'w0' && hands.claims.length > 0) await held();
      return null;
    }),
  });
  await swarm.until((now) => now.workers.w0?.claims.includes('a') && now.workers.w0.turn);
  await swarm.wish({ wish: 'pause', worker: 'w0' });
  await swarm.wish({ wish: 'add-worker', like: 'w0' });
  await swarm.until((now) => now.workers.w1?.status === 'idle');
  await swarm.wish({ wish: 'pause', worker: 'w1' });
  expect(swarm.state().workers.w1?.status).toBe('paused');
  const stopping = swarm.wish({ wish: 'stop-worker', worker: 'w0' });
  void held();
  await stopping;
  const state = await swarm.until((now) => now.workers.w0?.status === 'stopped');
  expect(state.tasks.a).toMatchObject({ status: 'pending', worker: null, attempts: 0 });
  await swarm.until((now) => now.tasks.a?.column === 'pending');
  expect(swarm.state().workers.w1?.turns).toBe(0);
  await swarm.wish({ wish: 'resume', worker: 'w1' });
  const done = await swarm.until((now) => changeOf(now, 'a'));
  expect(changeOf(done, 'a')?.worker).toBe('w1');
  await swarm.wish(approval(changeOf(done, 'a')));
  await swarm.until((now) => changeOf(now, 'a', 'merged'));
  await swarm.stop();
  expectGood(place, ['a']);
});

test('an agent that moves a task file into its own folder has claimed it', async () => {
  const { place, swarm } = await begin({
    tasks: { a: {}, b: {} },
    config: { workers: [one] },
    agent: goodAgent((hands) => {
      const moved = hands.claims.length === 0 ? ['a.json', 'b.json'].filter((file) => hands.mv(file)) : [];
      return moved.length > 0 ? 'I took them' : null;
    }),
  });
  const state = await swarm.until(stopped);
  const events = swarm.lines().map(({ event }) => event.type);
  expect(events.filter((type) => type === 'claim.seen')).toHaveLength(2);
  expect(changeOf(state, 'a', 'merged')?.tasks.toSorted()).toEqual(['a', 'b']);
  expectGood(place, ['a', 'b']);
});

test('of two agents that claim the same task one gets it, and the other is told', async () => {
  const notes: string[] = [];
  const together = createGate(2);
  const { place, swarm } = await begin({
    tasks: { a: { priority: 1 }, b: {} },
    config: { workers: [two] },
    agent: goodAgent(async (hands) => {
      if (hands.turn.kind === 'work' && hands.turn.turn.endsWith('-t1')) {
        await together();
        return 'CLAIM(a)';
      }
      if (hands.note.includes('Not claimed')) notes.push(hands.note);
      return hands.turn.kind === 'claimed' && hands.claims.length === 0 ? 'CLAIM(b)' : null;
    }),
  });
  await swarm.until(stopped);
  expect(notes).toEqual([expect.stringContaining('Not claimed: a (taken)')]);
  expectGood(place, ['a', 'b']);
});

test('a task waits for those it depends on, even when it is asked for', async () => {
  const notes: string[] = [];
  const { place, swarm } = await begin({
    tasks: { first: { priority: 2 }, second: { priority: 1, depends_on: ['first'] } },
    config: { workers: [one] },
    agent: goodAgent((hands) => {
      if (hands.turn.turn === 'w0-t1') return 'CLAIM(second)';
      if (hands.turn.turn === 'w0-t2') notes.push(hands.note);
      if (hands.turn.turn === 'w0-t2') return 'CLAIM(first)';
      if (hands.claims.includes('second')) hands.write('second.txt', hands.read('first.txt') ?? 'it is missing');
      return hands.claims.includes('second') ? ready : null;
    }),
  });
  await swarm.until(stopped);
  expect(notes).toEqual([expect.stringContaining('second (waits for first)')]);
  expect(readFileSync(join(place.root, 'second.txt'), 'utf8')).toBe('first is done\n');
  expectGood(place, ['first', 'second']);
});

test('a task that fails too often is blocked, tells what was learnt, and goes on when it is requeued', async () => {
  let cure = false;
  const { place, swarm } = await begin({
    asks: true,
    tasks: { a: {} },
    config: { workers: [one], max_attempts: 2, max_review_rounds: 1, approval: 'auto' },
    // It hands in nothing.
    agent: goodAgent((hands) => (cure || hands.claims.length === 0 ? null : ready)),
  });
  const state = await swarm.until((now) => now.tasks.a?.status === 'blocked' && now.tasks.a.column === 'pending');
  expect(state.tasks.a?.attempts).toBe(2);
  expect(state.notices.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('a is blocked after 2 attempts'),
  );
  const file = JSON.parse(readFileSync(join(place.paths.tasks, 'pending', 'a.json'), 'utf8'));
  expect(file.attempts).toHaveLength(2);
  cure = true;
  await swarm.wish({ wish: 'requeue', tasks: ['a'] });
  await swarm.until((now) => now.tasks.a?.status === 'merged');
  await swarm.stop();
  expectGood(place, ['a']);
});

test('a task file that cannot be read is named once, and the others go on', async () => {
  const { place, swarm } = await begin({ tasks: { a: {}, b: {} }, config: { when_done: 'wait' } });
  put(place.root, { 'tasks/pending/broken.edn': '{:id "broken" :summary' });
  place.hint();
  await swarm.until((now) => now.tasks.a?.status === 'merged' && now.tasks.b?.status === 'merged');
  const state = await swarm.until((now) => Object.keys(now.unreadable).length === 1);
  place.hint();
  await swarm.wish({ wish: 'pause', worker: 'w0' });
  expect(swarm.state().notices.filter(({ text }) => text.includes('broken.edn'))).toHaveLength(1);
  expect(Object.keys(state.unreadable)).toEqual(['pending/broken.edn']);
  put(place.root, { 'tasks/pending/broken.edn': '{:id "broken" :summary "whole now"}' });
  await swarm.wish({ wish: 'resume', worker: 'w0' });
  await swarm.until((now) => now.tasks.broken?.status === 'merged');
  await swarm.stop();
  expectGood(place, ['a', 'b', 'broken']);
});

test('when somebody else moves the base, the merge is made and checked anew on it', async () => {
  const { place, swarm } = await begin({ asks: true, tasks: { a: {} }, config: { workers: [one] } });
  const before = await swarm.until((now) => changeOf(now, 'a'));
  put(place.root, { 'mine.txt': 'of the operator\n' });
  place.git('add', 'mine.txt');
  place.git('commit', '--quiet', '-m', 'mine');
  const mine = place.git('rev-parse', 'HEAD');
  await swarm.wish(approval(changeOf(before, 'a')));
  const state = await swarm.until((now) => changeOf(now, 'a', 'merged'));
  expect(changeOf(state, 'a', 'merged')?.integration?.base).toBe(mine);
  expect(place.git('rev-parse', 'HEAD^1')).toBe(mine);
  await swarm.stop();
  expectGood(place, ['a']);
});

test('the operator’s own changes hold a merge up, untouched, until they are out of the way', async () => {
  const { place, swarm } = await begin({
    asks: true,
    tasks: { a: {} },
    config: { workers: [one], approval: 'auto' },
    files: { 'a.txt': 'before\n' },
    agent: goodAgent((hands) => {
      if (hands.claims.length > 0) put(place.root, { 'a.txt': 'mine\n' });
      return null;
    }),
  });
  const state = await swarm.until((now) => changeOf(now, 'a', 'queued')?.held);
  expect(changeOf(state, 'a', 'queued')?.held?.files).toEqual(['a.txt']);
  expect(readFileSync(join(place.root, 'a.txt'), 'utf8')).toBe('mine\n');
  place.git('checkout', '--', 'a.txt');
  await swarm.until((now) => changeOf(now, 'a', 'merged'));
  expect(readFileSync(join(place.root, 'a.txt'), 'utf8')).toBe('a is done\n');
  await swarm.stop();
  expectGood(place, ['a']);
});

test('a stop with changes in review gives the tasks back and keeps their commits', async () => {
  const { place, swarm } = await begin({ asks: true, tasks: { a: {}, b: {} } });
  const state = await swarm.until((now) => changeOf(now, 'a') && changeOf(now, 'b'));
  await swarm.wish({ wish: 'stop' });
  const end = await swarm.ended;
  for (const id of ['a', 'b']) {
    const head = changeOf(state, id)?.id ?? '';
    expect(end.tasks[id]).toMatchObject({ status: 'pending', worker: null, attempts: 0 });
    expect(place.git('for-each-ref', '--contains', head, '--format=%(refname)', 'refs/oompa')).not.toBe('');
    const file = JSON.parse(readFileSync(join(place.paths.tasks, 'pending', `${id}.json`), 'utf8'));
    expect(file.attempts.at(-1).feedback).toContain(head);
  }
  expectGood(place, ['a', 'b'], false);
});

test('a runner that dies takes its turn again; one that always dies is given up, and its task goes to another', async () => {
  let deaths = 0;
  const { place, swarm } = await begin({
    tasks: { a: {}, b: {} },
    config: { workers: [two] },
    agent: goodAgent((hands) => {
      if (hands.worker !== 'w0' || hands.claims.length === 0) return null;
      deaths += 1;
      place.killRunner('w0');
      return 'nobody hears this';
    }),
  });
  const state = await swarm.until(stopped);
  expect(deaths).toBe(6);
  expect(state.notices.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('w0 is given up: its runner ended 6 times'),
  );
  expect(Object.values(state.tasks).every((task) => state.changes[task.change ?? '']?.worker === 'w1')).toBe(true);
  expectGood(place, ['a', 'b']);
});

test('when all panes are gone at once, the runners come back and everything is merged', async () => {
  let gone = false;
  const { place, swarm } = await begin({
    agent: goodAgent((hands) => {
      if (gone || hands.claims.length === 0) return null;
      gone = true;
      for (const each of ['w0', 'w1']) place.killRunner(each);
      return 'nobody hears this';
    }),
  });
  const state = await swarm.until(stopped);
  expect(swarm.lines().filter(({ event }) => event.type === 'pane.exited')).toHaveLength(2);
  expect(
    swarm.lines().filter(({ event }) => event.type === 'turn.ended' && event.attempt === 2).length,
  ).toBeGreaterThan(0);
  expect(state.swarm?.stopReason).toBe('completed');
  expectGood(place, ['a', 'b', 'c']);
});

test('a worktree that somebody removed under a worker costs no task', async () => {
  let done = false;
  const { place, swarm } = await begin({
    tasks: { a: {} },
    config: { workers: [one] },
    agent: goodAgent((hands) => {
      if (done || hands.claims.length === 0) return null;
      done = true;
      rmSync(hands.turn.cwd, { recursive: true, force: true });
      return ready;
    }),
  });
  await swarm.until(stopped);
  expect(readdirSync(join(place.paths.tasks, 'complete'))).toEqual(['a.json']);
  expectGood(place, ['a']);
});

test('a command that the operator mails to a worker is done at once; from another worker it is a note, and read in a turn', async () => {
  const told: string[] = [];
  const { place, swarm } = await begin({
    asks: true,
    tasks: {},
    config: { workers: [two] },
    agent: goodAgent((hands) => {
      if (hands.turn.kind === 'mail') told.push(`${hands.turn.worker} ${/### From (.*)/.exec(hands.turn.prompt)?.[1]}`);
      return null;
    }),
  });
  await swarm.until((state) => ['w0', 'w1'].every((id) => state.workers[id]?.status === 'idle'));
  const mailer = createMailer({ root: place.paths.mail });
  const mail = (from: string, to: string) =>
    mailer.send({
      from,
      to: [to],
      subject: 'TERMINATE',
      body: 'Now.',
      type: from === 'operator' ? 'TERMINATE' : 'note',
    });
  await mail('w0', 'w1');
  await swarm.until((state) => told.length > 0 && state.workers.w1?.status === 'idle');
  expect(told).toEqual(['w1 w0: TERMINATE']);
  await mail('operator', 'w1');
  const state = await swarm.until(({ workers }) => workers.w1?.status === 'stopped');
  expect(state.workers.w0?.status).toBe('idle');
  const [read] = await listing(createBoxes({ root: place.paths.mail }), 'w1').then((all) => all.slice(-1));
  expect(read).toMatchObject({ stage: 'done', heading: { type: 'TERMINATE' } });
  expect(told).toHaveLength(1);
});

test('mail that an agent took by itself is not quoted again, and mail of low importance wakes nobody', async () => {
  const told: string[] = [];
  const { place, swarm } = await begin({
    tasks: { a: {} },
    config: { workers: [one], when_done: 'wait' },
    agent: goodAgent(async (hands) => {
      if (hands.turn.kind === 'mail') told.push(hands.turn.prompt);
      if (hands.claims.length === 0) return null;
      await send('normal', 'taken in the turn');
      await swarm.until(({ workers }) => (workers.w0?.unread.length ?? 0) > 0);
      const taken = await life.take('w0', { by: 'w0', process: null });
      await life.finish('w0', taken?.heading.id ?? '');
      await send('low', 'whenever');
      return null;
    }),
  });
  const boxes = createBoxes({ root: place.paths.mail });
  const [life, mailer] = [createLife(boxes), createMailer({ root: place.paths.mail })];
  const send = (importance: 'low' | 'normal', subject: string) =>
    mailer.send({ from: 'operator', to: ['w0'], subject, body: 'x', type: 'note', importance });
  const state = await swarm.until(
    (now) => Boolean(changeOf(now, 'a', 'merged')) && now.workers.w0?.unread.length === 0,
  );
  expect(state.workers.w0?.turns).toBeGreaterThan(0);
  await send('normal', 'at last');
  await swarm.until(({ workers }) => told.length > 0 && workers.w0?.unread.length === 0);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('at last');
  expect(told[0]).not.toMatch(/taken in the turn|whenever/);
  expect((await listing(boxes, 'w0')).map(({ stage, heading }) => [heading.subject, stage])).toEqual([
    ['taken in the turn', 'done'],
    ['whenever', 'new'],
    ['at last', 'seen'],
  ]);
});

// The sensor of mail: what came to `lead` becomes events, and mail for workers is made known.
import { clean } from '../../core/clean.ts';
import { messageOf } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { compareIds } from '../../core/ids.ts';
import { seatsOf, traitsOf } from '../../core/seats/kinds.ts';
import { readSignals } from '../../core/signals.ts';
import type { State } from '../../core/state.ts';
import { Asked, TurnResult } from '../../core/turn.ts';
import { Wish } from '../../core/wish.ts';
import type { Message, Received } from '../../mail/contract.ts';
import type { Sight, World } from '../contract.ts';

/** How much of what an agent said is kept in the journal; what comes with a verdict is for its reader, and kept longer. */
const mostSaid = { plain: 2_000, verdict: 8_000 };

/**
 * Reads `lead`'s mailbox once, oldest first. Each message is taken after its event is written down: a crash reads it again.
 * `readTraces` makes known what a worker's turn left on the board, before its end is.
 */
export async function readLeadMail(
  world: World,
  sight: Sight,
  readTraces: (worker: string) => Promise<void>,
): Promise<void> {
  for (const received of await world.post.peek('lead')) {
    const { message } = received;
    for (const event of await eventsOf(received, world, sight.state(), readTraces))
      await sight.dispatch(event, { mail: message.id });
    await world.post.take(received, 'S');
  }
}

/** What the operator's mail to a worker does at once, whatever the worker is doing. */
const commands: { [K in Message['type']]?: (worker: string) => Event } = {
  PAUSE: (worker) => ({ type: 'worker.pause-asked', worker }),
  RESUME: (worker) => ({ type: 'worker.resume-asked', worker }),
  TERMINATE: (worker) => ({ type: 'worker.stop-asked', worker }),
};

/** Makes known what lies unread in a worker's mailbox, turns excepted; and what its agent took by itself meanwhile. */
export async function readWorkerMail(world: World, sight: Sight, worker: string): Promise<void> {
  const before = sight.state().workers[worker]?.unread ?? [];
  const found = await world.post.peek(worker, { type: 'said' });
  for (const received of found) {
    const { message } = received;
    const command = message.from === 'operator' ? commands[message.type] : undefined;
    if (command) {
      await sight.dispatch(command(worker), { mail: message.id });
      await world.post.take(received, 'RS');
      continue;
    }
    // Of low importance: it waits until the agent looks.
    if (message.importance === 'low') continue;
    await sight.dispatch({
      type: 'mail.seen',
      worker,
      mail: message.id,
      from: message.from,
      subject: clean(message.subject),
    });
  }
  const there = new Set(found.map(({ message }) => message.id));
  const left = before.filter(({ id }) => !there.has(id)).map(({ id }) => id);
  if (left.length > 0) await sight.dispatch({ type: 'mail.left', worker, mail: left });
}

async function eventsOf(
  received: Received,
  world: World,
  state: State,
  readTraces: (worker: string) => Promise<void>,
): Promise<Event[]> {
  const { message } = received;
  try {
    if (message.type === 'asked') {
      const body = Asked.parse(JSON.parse(message.body));
      if (message.from !== body.worker) throw new Error(`it speaks for ${body.worker}`);
      return asked(body, state);
    }
    if (message.type === 'turn-result') {
      const from = message.headers['oompa-swarm'];
      // Turn ids repeat in every swarm; an old swarm's answer may still lie here.
      if (from !== state.swarm?.id) throw new Error(`it is of swarm ${from ?? 'unknown'}`);
      const result = TurnResult.parse(JSON.parse(message.body));
      await readTraces(result.worker);
      return [turnEnded(result)];
    }
    if (message.type === 'wish') {
      if (message.from !== 'operator') throw new Error(`wishes come from the operator, not from ${message.from}`);
      return wished(Wish.parse(JSON.parse(message.body)), state);
    }
  } catch (error) {
    world.log(`mail ${message.id} from ${message.from} was set aside: ${messageOf(error)}`);
  }
  return [];
}

function asked({ swarm, worker, turn, id, ask }: Asked, state: State): Event[] {
  if (swarm !== state.swarm?.id) throw new Error(`it is of swarm ${swarm}`);
  if (!ask) return [{ type: 'ask.closed', worker, turn, ask: id }];
  return [{ type: 'ask.raised', worker, turn, ask: { ...ask, text: clean(ask.text, { maxLine: 500 }) } }];
}

function turnEnded(result: TurnResult): Event {
  const { worker, turn, attempt, outcome, exitCode, error, conversation, usage, durationMs } = result;
  const said = clean(result.said, { lines: true });
  const signals = readSignals(said);
  return {
    type: 'turn.ended',
    worker,
    turn,
    attempt,
    outcome,
    exitCode,
    error: error && { ...error, message: clean(error.message).slice(0, 500) },
    signals,
    said: said.slice(-mostSaid[signals.verdict ? 'verdict' : 'plain']),
    conversation,
    usage,
    durationMs,
  };
}

function wished(wish: Wish, state: State): Event[] {
  const by = 'operator';
  switch (wish.wish) {
    case 'approve':
      return [
        {
          type: 'change.approve-asked',
          change: wish.change,
          head: wish.head,
          base: wish.base,
          checks: wish.checks,
          by,
        },
      ];
    case 'reject':
      return [
        {
          type: 'change.reject-asked',
          change: wish.change,
          note: clean(wish.note, { lines: true }).slice(0, 8_000),
          by,
        },
      ];
    case 'pause':
      return [{ type: 'worker.pause-asked', worker: wish.worker }];
    case 'resume':
      return [{ type: 'worker.resume-asked', worker: wish.worker }];
    case 'stop-worker':
      return [{ type: 'worker.stop-asked', worker: wish.worker }];
    case 'answer':
      return [{ type: 'ask.answer-asked', worker: wish.worker, ask: wish.ask, choice: wish.choice, by }];
    case 'requeue':
      return [{ type: 'tasks.requeue-asked', tasks: wish.tasks }];
    case 'stop':
      return [{ type: 'swarm.stop-asked', by }];
    case 'add-worker':
      return addWorker(state, wish.like);
    case 'remove-worker':
      return removeWorker(state);
  }
}

function addWorker(state: State, like: string | null): Event[] {
  const [first] = state.swarm ? seatsOf(state.swarm.config) : [];
  const model = state.workers[like ?? ''] ?? first;
  // Of some kinds there is only one.
  const chosen = model && traitsOf[model.seat].prefix === null ? first : model;
  if (!chosen) return [];
  const { seat, spec } = chosen;
  const { prefix } = traitsOf[seat];
  const numbers = Object.values(state.workers).map((each) => (each.seat === seat ? Number(each.id.slice(1)) : -1));
  return [{ type: 'worker.added', worker: `${prefix}${Math.max(-1, ...numbers) + 1}`, seat, spec }];
}

/** The last worker on tasks that is doing nothing, else the last one. */
function removeWorker(state: State): Event[] {
  const running = Object.values(state.workers)
    .filter(({ seat, wanted, status }) => traitsOf[seat].claims && wanted !== 'stop' && status !== 'stopped')
    .sort((a, b) => compareIds(b.id, a.id));
  const worker = running.find((each) => each.status === 'idle' && each.change === null) ?? running[0];
  return worker ? [{ type: 'worker.stop-asked', worker: worker.id }] : [];
}

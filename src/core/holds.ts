// What keeps workers from starting turns: a rate limit, a provider that does not answer, a login, a spent budget. Lanes: lanes.ts.
import { type Draft, isDue, later } from './draft.ts';
import { accountOf, lanesOf, providerOf } from './lanes.ts';
import type { Hold, State, Worker } from './state.ts';
import type { TurnError, TurnErrorClass, Usage } from './turn.ts';
import { addUsage, noUsage } from './usage.ts';

/**
 * Classes of errors that are nobody's fault and over by themselves: they cost the worker nothing. Whom they hold up (limits are of an
 * account, an outage is everybody's), the first wait and the longest, in ms.
 */
const waits: { [C in TurnErrorClass]?: { whom: 'account' | 'provider'; first: number; most: number } } = {
  rate_limit: { whom: 'account', first: 60_000, most: 30 * 60_000 },
  provider: { whom: 'provider', first: 2_000, most: 5 * 60_000 },
};

/** Holds up all workers that an error concerns; false for one that is this worker's alone. */
export function holdUp(draft: Draft, worker: Worker, error: TurnError): boolean {
  if (error.class === 'auth') {
    const account = accountOf(worker);
    const before = draft.state.holds[account];
    draft.hold(account, { kind: 'login', until: null, failures: 0, why: error.message });
    if (before?.kind !== 'login') {
      draft.notice(
        'error',
        `${account} is not logged in: ${error.message}; its workers wait. Log in, then press p on one of them`,
      );
    }
    return true;
  }
  const wait = waits[error.class];
  if (!wait) return false;
  const name = wait.whom === 'account' ? accountOf(worker) : providerOf(draft.state.swarm, worker);
  const before = draft.state.holds[name];
  const failures = (before?.failures ?? 0) + 1;
  const until = error.resetAt ?? later(draft.at, Math.min(wait.most, wait.first * 2 ** (failures - 1)));
  // Several workers meet the same limit: the latest reset counts.
  const latest = before?.until && before.until > until ? before.until : until;
  draft.hold(name, { kind: 'limited', until: latest, failures, why: `${error.class}: ${error.message}` });
  if (!before) draft.notice('warn', `${name} waits until ${latest}: ${error.message}`);
  return true;
}

/** The names under which a worker can be held up. */
export function holdNames(state: State, worker: Worker): string[] {
  return [accountOf(worker), providerOf(state.swarm, worker)];
}

/** A good turn ends the back-off that it shows to be over; a hold that still lasts (it began while this turn ran) stays. */
export function thaw(draft: Draft, worker: Worker): void {
  for (const name of holdNames(draft.state, worker)) {
    const until = draft.state.holds[name]?.until;
    if (until && isDue(until, draft.at)) draft.hold(name, null);
  }
}

/** Moves idle workers that are held up to limited or needs-you, and back when nothing holds them any more. */
export function obeyHolds(draft: Draft): void {
  for (const worker of Object.values(draft.state.workers)) {
    if (worker.status !== 'idle' && worker.status !== 'limited') continue;
    const hold = holdOn(draft.state, worker, draft.at);
    if (!hold) draft.moveWorker(worker.id, 'idle');
    else if (hold.kind === 'login') draft.moveWorker(worker.id, 'needs-you', hold.why);
    else if (worker.status === 'idle') draft.moveWorker(worker.id, 'limited', hold.why);
  }
}

/** What holds a worker up at this time; a login that is missing before a wait. */
function holdOn(state: State, worker: Worker, at: string): Hold | undefined {
  const holds = holdNames(state, worker).flatMap((name) => state.holds[name] ?? []);
  const lasting = holds.filter(({ until }) => until === null || !isDue(until, at));
  return lasting.find(({ kind }) => kind === 'login') ?? lasting[0];
}

/** Why the budget keeps this worker from its next turn; null when it does not. */
export function budgetSpent(state: State, worker: Worker): string | null {
  const budget = state.swarm?.config.budget;
  if (!budget) return null;
  const all = Object.values(state.workers).reduce((total, each) => addUsage(total, each.usage), noUsage);
  const checks: [label: string, spent: number, limit: number | undefined][] = [
    ['worker budget', worker.usage.costUsd ?? 0, budget.worker_usd],
    ['swarm budget', all.costUsd ?? 0, budget.swarm_usd],
    ['worker token budget', worker.usage.inputTokens + worker.usage.outputTokens, budget.worker_tokens],
    ['swarm token budget', all.inputTokens + all.outputTokens, budget.swarm_tokens],
  ];
  const spent = checks.find(([, used, limit]) => limit !== undefined && used >= limit);
  return spent ? `the ${spent[0]} is spent (${spent[1]} of ${spent[2]})` : null;
}

/** The usage with its cost by the config's price table where the harness itself gives none. Prices are in USD per million tokens. */
export function priced(state: State, worker: Worker, usage: Usage): Usage {
  if (usage.costUsd !== null) return usage;
  const prices = state.swarm?.config.prices ?? {};
  const lane = lanesOf(state.swarm, worker)
    .reverse()
    .find((each) => each in prices);
  const price = lane === undefined ? undefined : prices[lane];
  if (!price) return usage;
  return { ...usage, costUsd: (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1_000_000 };
}

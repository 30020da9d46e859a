// What keeps the workers of one harness from starting turns: a rate limit, a provider that does not answer, a login, a full lane, a spent budget.
import { type Draft, isDue, later } from './draft.ts';
import type { State, Worker } from './state.ts';
import type { TurnError, TurnErrorClass, Usage } from './turn.ts';
import { addUsage, noUsage } from './usage.ts';

/** The harness, or alias of one, that a worker's turns run on: what stands before the colon in its model string. */
export function accountOf(worker: Worker): string {
  return accountIn(worker.spec.model);
}

/** The same, of a model string. */
export function accountIn(model: string): string {
  return model.split(':', 1)[0] ?? '';
}

/** Classes of errors that are nobody's fault: they hold up the account and cost the worker nothing. First wait, and longest, in ms. */
const waits: { [C in TurnErrorClass]?: { first: number; most: number } } = {
  rate_limit: { first: 60_000, most: 30 * 60_000 },
  provider: { first: 2_000, most: 5 * 60_000 },
};

/** Puts a hold on the worker's account when its error is one that concerns all workers of it; false for any other error. */
export function holdAccount(draft: Draft, worker: Worker, error: TurnError): boolean {
  const account = accountOf(worker);
  const before = draft.state.holds[account];
  if (error.class === 'auth') {
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
  const failures = (before?.failures ?? 0) + 1;
  const until = error.resetAt ?? later(draft.at, Math.min(wait.most, wait.first * 2 ** (failures - 1)));
  // Several workers meet the same limit: the latest reset counts.
  const latest = before?.until && before.until > until ? before.until : until;
  draft.hold(account, { kind: 'limited', until: latest, failures, why: `${error.class}: ${error.message}` });
  if (!before) draft.notice('warn', `${account} waits until ${latest}: ${error.message}`);
  return true;
}

/** A good turn ends the back-off of its account; a hold that still lasts (it began while this turn ran) stays. */
export function thaw(draft: Draft, worker: Worker): void {
  const account = accountOf(worker);
  const until = draft.state.holds[account]?.until;
  if (until && isDue(until, draft.at)) draft.hold(account, null);
}

/** Moves idle workers of held accounts to limited or needs-you, and back when the hold is over. */
export function obeyHolds(draft: Draft): void {
  for (const [account, hold] of Object.entries(draft.state.holds)) {
    const over = hold.until !== null && isDue(hold.until, draft.at);
    for (const worker of Object.values(draft.state.workers)) {
      if (accountOf(worker) !== account) continue;
      if (over && worker.status === 'limited') draft.moveWorker(worker.id, 'idle');
      else if (!over && (worker.status === 'idle' || (worker.status === 'limited' && hold.kind === 'login'))) {
        draft.moveWorker(worker.id, hold.kind === 'login' ? 'needs-you' : 'limited', hold.why);
      }
    }
  }
}

/** Whether a turn of this worker may start beside those in flight: `limits` count turns by harness and by model. */
export function hasRoom(state: State, worker: Worker): boolean {
  const limits = state.swarm?.config.limits ?? {};
  const lanes = lanesOf(worker).filter((lane) => lane in limits);
  if (lanes.length === 0) return true;
  const running = Object.values(state.workers).filter((each) => each.turn !== null);
  return lanes.every(
    (lane) =>
      running.filter((each) => lanesOf(each).includes(lane)).length < (limits[lane] ?? Number.POSITIVE_INFINITY),
  );
}

/** `claude:opus:high` counts in `claude`, `claude:opus` and `claude:opus:high`. */
function lanesOf(worker: Worker): string[] {
  const parts = worker.spec.model.split(':');
  return parts.map((_, index) => parts.slice(0, index + 1).join(':'));
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
  const lane = lanesOf(worker)
    .reverse()
    .find((each) => each in prices);
  const price = lane === undefined ? undefined : prices[lane];
  if (!price) return usage;
  return { ...usage, costUsd: (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1_000_000 };
}

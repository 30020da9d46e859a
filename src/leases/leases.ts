// Leases as files that any number of short processes share: grant or deny, wait in line, renew, give back, take away.
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { EffectError } from '../core/errors.ts';
import { comparable, normalise } from '../core/globs.ts';
import { identityOf } from '../disk/process.ts';
import { inOrder, openBook, type Page } from './book.ts';
import {
  type Answer,
  Claim,
  type Conflict,
  defaultTtlMs,
  type Lease,
  type Leases,
  type LogLine,
  type Owner,
  type Selection,
  type Ticket,
} from './contract.ts';
import { collide, conflictsOf, escapesOf, livesOf, lostOf, manifestOf } from './judge.ts';
import { createKeeper } from './keep.ts';
import { placed } from './place.ts';

/** How often one who waits looks whether it is its turn. */
const lookMs = 100;

export interface LeasesOptions {
  /** `.oompa/leases`; made when first written to. */
  root: string;
  /** The folder that patterns are relative to. */
  repository: string;
  sync?: boolean;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export function createLeases({ root, repository, sync = true, now = Date.now }: LeasesOptions): Leases {
  const book = openBook(root, { sync });
  const place = (patterns: readonly string[]) => placed(patterns, repository, book.foldsCase());
  const at = (ms = 0) => new Date(now() + ms).toISOString();
  const isOver = ({ until }: Lease) => Date.parse(until) <= now();
  const live = ({ leases }: Page) => leases.filter((lease) => !isOver(lease));
  const line = (change: LogLine['change'], lease: Lease, by: string, why: string | null = null): LogLine => ({
    ...{ at: at(), change, by, why, lease },
  });

  /** In the section: what has ended by itself goes, so that nothing stands beside what is granted next. */
  const settled = async (): Promise<Page> => {
    const page = book.read();
    await book.sweep();
    for (const { number } of page.deserted) await book.dequeue(number);
    for (const lease of page.leases) if (isOver(lease)) await book.end(line('expired', lease, lease.owner.address));
    return { ...page, leases: live(page), deserted: [] };
  };
  const grant = async (page: Page, request: Omit<Lease, 'fence' | 'since' | 'until'>, by: string): Promise<Lease> => {
    const fence = await book.number(page);
    const lease: Lease = { ...request, fence, since: at(), until: at(request.ttlMs) };
    await book.grant(lease, by);
    return lease;
  };
  const has = (lease: Lease, pattern: string) => lease.patterns.includes(pattern);
  /** Also as it was when there was no such folder yet. */
  const named = (patterns: readonly string[]) => [
    ...place(patterns),
    ...patterns.map((pattern) => normalise(pattern, { fold: book.foldsCase() })),
  ];
  const chosen = ({ fences, patterns }: Selection) => {
    const wanted = patterns && named(patterns);
    return (lease: Lease) =>
      (!fences && !wanted) || fences?.includes(lease.fence) || wanted?.some((pattern) => has(lease, pattern));
  };
  const asked = (address: string) => (lease: Lease) => lease.owner.address === address && lease.manifest === null;
  const putOff = async (lease: Lease, owner: Owner, ttlMs = lease.ttlMs): Promise<Lease> => {
    const until = new Date(Math.max(Date.parse(lease.until), now() + ttlMs)).toISOString();
    const renewed = { ...lease, owner, ttlMs, until };
    await book.change(renewed);
    return renewed;
  };

  const leases: Leases = {
    async acquire(patterns, { owner, task = null, mode = 'exclusive', ttlMs = defaultTtlMs, waitMs = 0 }) {
      const wanted = valid({ owner, task, mode, ttlMs, manifest: null, patterns: nonEmpty(place(patterns)) });
      let number = Number.POSITIVE_INFINITY;
      const older = ({ tickets }: Page) => tickets.filter((ticket) => ticket.number < number);
      const judge = (page: Page) => {
        const known = page.leases.find(
          (lease) =>
            asked(owner.address)(lease) && lease.mode === mode && wanted.patterns.every((each) => has(lease, each)),
        );
        return { known, conflicts: known ? [] : conflictsOf(wanted, page.leases, older(page)) };
      };
      const attempt = async (): Promise<Answer> => {
        const page = await settled();
        const { known, conflicts } = judge(page);
        if (conflicts.length > 0) {
          if (Number.isFinite(number)) return { granted: false, conflicts };
          const ticket: Ticket = { ...wanted, number: await book.number(page), since: at(), waiter: identityOf() };
          await book.enqueue(ticket);
          number = ticket.number;
          return { granted: false, conflicts };
        }
        const lease = known
          ? await putOff({ ...known, task: task ?? known.task }, owner, ttlMs)
          : await grant(page, wanted, owner.address);
        if (Number.isFinite(number)) await book.dequeue(number);
        number = Number.POSITIVE_INFINITY;
        return { granted: true, lease };
      };
      /** Null when it may be granted. A denial needs no section: it was true when it was read. */
      const look = (): Answer | null => {
        const page = book.read();
        const { conflicts } = judge({ ...page, leases: live(page) });
        return conflicts.length > 0 ? { granted: false, conflicts } : null;
      };
      const deadline = performance.now() + waitMs;
      try {
        let answer = (waitMs === 0 && look()) || (await book.section(attempt));
        while (!answer.granted && performance.now() < deadline) {
          await sleep(Math.min(lookMs, Math.max(1, deadline - performance.now())));
          answer = look() ?? (await book.section(attempt));
        }
        return answer;
      } finally {
        if (Number.isFinite(number)) await book.dequeue(number);
      }
    },
    check(patterns, { owner, mode = 'exclusive' }): Conflict[] {
      const page = book.read();
      return conflictsOf({ owner, mode, patterns: nonEmpty(place(patterns)) }, live(page), page.tickets);
    },
    list() {
      const page = book.read();
      return { leases: live(page), waiting: page.tickets, problems: page.problems };
    },
    async renew(owner, { ttlMs, due = false, ...which } = {}) {
      const isChosen = chosen(which);
      const isDue = (lease: Lease) => !due || Date.parse(lease.until) - now() < lease.ttlMs / 2;
      const mine = (page: Page) =>
        page.leases.filter((lease) => asked(owner.address)(lease) && isChosen(lease) && isDue(lease));
      if (mine(book.read()).length === 0) return [];
      return book.section(() => inOrder(mine(book.read()), (lease) => putOff(lease, owner, ttlMs)));
    },
    async release(owner, which = {}) {
      const isChosen = chosen(which);
      const wanted = which.patterns && named(which.patterns);
      return book.section(async () => {
        const own = book.read().leases.filter((lease) => lease.owner.address === owner.address && isChosen(lease));
        const bound = own.find(({ manifest }) => manifest !== null);
        if (bound && (which.fences || which.patterns))
          throw denied(
            `lease ${bound.fence} is that of task ${bound.task}`,
            'it goes when the task is merged or given back',
          );
        return inOrder(own.filter(asked(owner.address)), async (lease) => {
          const isNamed = (pattern: string) => which.fences !== undefined || !wanted || wanted.includes(pattern);
          const given = { ...lease, patterns: lease.patterns.filter(isNamed) };
          const left = lease.patterns.filter((pattern) => !isNamed(pattern));
          await book.end(line('released', given, owner.address), left.length > 0 ? { ...lease, patterns: left } : null);
          return given;
        });
      });
    },
    async force(which, by, why, heir) {
      if (by !== 'lead' && by !== 'operator')
        throw denied(`${by} may not take a lease from others`, 'ask its holder, the lead or the operator');
      const patterns = nonEmpty(place(which.patterns ?? []), which.fences === undefined);
      const all = { owner: { address: heir?.owner.address ?? '' }, mode: 'exclusive' as const, patterns };
      return book.section(async () => {
        const page = await settled();
        const taken = page.leases.filter((lease) => which.fences?.includes(lease.fence) || collide(all, lease));
        await inOrder(taken, (lease) => book.end(line('forced', lease, by, why)));
        const rest = { ...page, leases: page.leases.filter((lease) => !taken.includes(lease)) };
        if (heir && patterns.length > 0) {
          const { owner, task = null, mode = 'exclusive', ttlMs = defaultTtlMs } = heir;
          await grant(rest, valid({ owner, task, mode, ttlMs, patterns, manifest: null }), by);
        }
        return taken;
      });
    },
    escapes(paths, address, manifest) {
      const page = book.read();
      const names = manifest === undefined ? manifestOf(address, [...live(page), ...page.tickets]) : manifest;
      const fold = book.foldsCase();
      const known = new Map(paths.map((path) => [comparable(path, fold), path]));
      const found = escapesOf([...known.keys()], address, live(page), names && place(names));
      return found.map((each) => ({ ...each, path: known.get(each.path) ?? each.path }));
    },
    lost(paths, address, since) {
      const fold = book.foldsCase();
      const known = new Map(paths.map((path) => [comparable(path, fold), path]));
      const found = lostOf([...known.keys()], address, since, livesOf(book.readLog().lines, book.read().leases));
      return found.map((each) => ({ ...each, path: known.get(each.path) ?? each.path }));
    },
    ...createKeeper({ book, now, at, isOver, line, settled, grant, putOff, place }),
  };
  return leases;
}

function nonEmpty(patterns: string[], needed = true): string[] {
  if (patterns.length > 0 || !needed) return patterns;
  throw new EffectError({ code: 'bad-path', message: 'no path was named', hint: 'name at least one path or pattern' });
}

const Asked = Claim.omit({ since: true });

/** What could not be read again must not be written. */
function valid(asked: z.infer<typeof Asked>): z.infer<typeof Asked> {
  const [issue] = Asked.safeParse(asked).error?.issues ?? [];
  if (!issue) return asked;
  const field = issue.path.join('.');
  throw new EffectError({ code: 'bad-fields', message: `the ${field} of a lease is not usable: ${issue.message}` });
}

function denied(message: string, hint: string): EffectError {
  return new EffectError({ code: 'denied', message, hint });
}

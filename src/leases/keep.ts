// What the supervisor does on its beat: leases of tasks follow the tasks, what nobody keeps alive ends, and what happened is told.
import { identityOf } from '../disk/process.ts';
import { type Book, inOrder, type Page } from './book.ts';
import {
  defaultTtlMs,
  type Lease,
  type Leases,
  type LogLine,
  type Manifest,
  type Owner,
  type Ticket,
} from './contract.ts';
import { conflictsOf } from './judge.ts';

/** How long a dead owner's leases wait for its return. */
const graceMs = 60_000;
/** How long before its end a lease is told to end soon. */
const warnMs = 2 * 60_000;

export interface KeeperParts {
  book: Book;
  now(): number;
  at(ms?: number): string;
  isOver(lease: Lease): boolean;
  line(change: LogLine['change'], lease: Lease, by: string, why?: string | null): LogLine;
  settled(): Promise<Page>;
  grant(page: Page, request: Omit<Lease, 'fence' | 'since' | 'until'>, by: string): Promise<Lease>;
  putOff(lease: Lease, owner: Owner): Promise<Lease>;
  place(patterns: readonly string[]): string[];
}

export function createKeeper(parts: KeeperParts): Pick<Leases, 'reconcile' | 'keep'> {
  const { book, now, at, isOver, line, settled, grant, putOff, place } = parts;
  /** Fence → since when its owner has been seen dead. */
  const dead = new Map<number, number>();
  const warned = new Set<string>();
  const complained = new Set<string>();
  /** What of the log has been told. */
  let told = book.logSize();

  const isHalfOver = (lease: Lease) => Date.parse(lease.until) - now() < lease.ttlMs / 2;
  const ofTask = ({ manifest }: Lease | Ticket) => manifest !== null;

  return {
    async reconcile(manifests) {
      const wanted = manifests.map((manifest) => claimOf({ ...manifest, files: place(manifest.files) }));
      const plan = ({ leases, tickets }: Page) => {
        const [granted, waiting] = [leases.filter(ofTask), tickets.filter(ofTask)];
        const claimOfOne = (each: Lease | Ticket) => wanted.find((claim) => isSame(claim, each));
        const differs = (each: Lease | Ticket) => each.manifest !== claimOfOne(each)?.manifest;
        const missing = wanted.filter((claim) => !granted.some((lease) => isSame(claim, lease)));
        return {
          over: granted.filter((lease) => !claimOfOne(lease)),
          due: granted.filter((lease) => claimOfOne(lease) && (isHalfOver(lease) || differs(lease))),
          idle: waiting.filter((ticket) => !missing.some((claim) => isSame(claim, ticket))),
          open: missing.flatMap((claim) => {
            const ticket = waiting.find((each) => isSame(claim, each));
            const older = tickets.filter(({ number }) => !ticket || number < ticket.number);
            const free = conflictsOf(claim, leases, older).length === 0;
            return ticket && !free && !differs(ticket) ? [] : [{ claim, ticket, free }];
          }),
        };
      };
      if (Object.values(plan(book.read())).every((part) => part.length === 0)) return;
      await book.section(async () => {
        // First of all, because what is wanted goes on also when nobody was there to renew it, and nobody else came.
        for (const lease of plan(book.read()).due)
          await putOff(
            { ...lease, manifest: wanted.find((claim) => isSame(claim, lease))?.manifest ?? null },
            lease.owner,
          );
        const { over, idle } = plan(await settled());
        await inOrder(over, (lease) => book.end(line('released', lease, 'lead', `${lease.task} is no more at work`)));
        await inOrder(idle, ({ number }) => book.dequeue(number));
        // One at a time, because each stands in the way of the next.
        for (const claim of wanted) {
          const page = book.read();
          const next = plan(page).open.find((each) => each.claim === claim);
          if (next?.free) {
            await grant(page, claim, 'lead');
            if (next.ticket) await book.dequeue(next.ticket.number);
          } else if (next)
            await book.enqueue({
              ...claim,
              number: next.ticket?.number ?? (await book.number(page)),
              since: next.ticket?.since ?? at(),
              waiter: identityOf(),
            });
        }
      });
    },
    async keep({ isAlive, isAtWork }) {
      const { leases, deserted, problems: all } = book.read();
      const problems = all.filter((problem) => !complained.has(problem));
      for (const problem of problems) complained.add(problem);
      const asked = leases.filter((lease) => !ofTask(lease) && !isOver(lease));
      for (const { fence, owner } of asked) {
        if (isAlive(owner)) dead.delete(fence);
        else if (!dead.has(fence)) dead.set(fence, now());
      }
      for (const fence of dead.keys()) if (!asked.some((lease) => lease.fence === fence)) dead.delete(fence);
      const buried = asked.filter(({ fence }) => now() - (dead.get(fence) ?? now()) >= graceMs);
      const due = asked.filter((lease) => !dead.has(lease.fence) && isHalfOver(lease) && isAtWork(lease.owner));
      if (deserted.length + buried.length + due.length > 0 || leases.some(isOver)) {
        await book.section(async () => {
          // As they are now: an owner may have come back, or given one back, meanwhile.
          const page = await settled();
          const again = (some: Lease[]) =>
            page.leases.filter((lease) =>
              some.some(({ fence, until }) => fence === lease.fence && until === lease.until),
            );
          await inOrder(again(buried), (lease) => book.end(line('dead', lease, 'lead', 'its owner is gone')));
          await inOrder(again(due), (lease) => putOff(lease, lease.owner));
        });
      }
      const expiring = asked.filter((lease) => {
        const left = Date.parse(lease.until) - now();
        const key = `${lease.fence} ${lease.until}`;
        if (left > Math.min(warnMs, lease.ttlMs / 4) || due.includes(lease) || warned.has(key)) return false;
        warned.add(key);
        return true;
      });
      const size = book.logSize();
      if (size === told) return { changes: [], expiring, problems };
      // A log that is shorter than before is another one.
      const { lines, end } = book.readLog(Math.min(size, told));
      told = end;
      return { changes: lines, expiring, problems };
    },
  };
}

type Claim = Omit<Lease, 'fence' | 'since' | 'until'>;

function claimOf({ address, task, files, whole }: Manifest): Claim {
  const owner = { address, process: null };
  return {
    owner,
    task,
    mode: 'exclusive',
    patterns: [...files],
    ttlMs: defaultTtlMs,
    manifest: whole ? 'whole' : 'part',
  };
}

function isSame(claim: Claim, other: Lease | Ticket): boolean {
  const key = ({ owner, task, patterns }: Claim) => JSON.stringify([owner.address, task, patterns]);
  return key(claim) === key(other);
}

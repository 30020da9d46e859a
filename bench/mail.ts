// Mail: deliveries that are on the disk against raw writes, how soon a recipient knows, and a page of a mailbox of 10,000.
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createBoxes } from '../src/mail/boxes.ts';
import { listing, passes } from '../src/mail/listing.ts';
import { createMailer } from '../src/mail/mailer.ts';
import { createPost } from '../src/mail/post.ts';
import { aloneRow, gate, inTurn, pairedRow, quantile, type Row } from './pairs.ts';
import { tempFolder } from './program.ts';
import { main } from './table.ts';

const body = 'What is to be said, in some words. '.repeat(20);
const note = { subject: 'hello', body, type: 'note' } as const;

async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  const pairs = quick ? 3 : 9;
  const words = { unit: 'messages/s', goal: 'told' };
  const count = quick ? 100 : 400;
  return [
    pairedRow(
      await inTurn(
        () => delivered(count),
        () => written(count),
        { pairs },
      ),
      {
        ...words,
        name: 'deliveries, each on the disk when it is told',
        note: 'write, fsync, link, fsync of the folder; baseline: write, fsync, rename of the same bytes, without an fsync of the folder; every message there once',
      },
    ),
    pairedRow(
      await inTurn(
        () => sent(count),
        () => written(count),
        { pairs },
      ),
      {
        ...words,
        name: 'messages sent with a copy, a number and a promise to finish',
        note: 'two deliveries, of which one is the own copy, and the section that counts; the same baseline',
      },
    ),
    ...(await wakeUps(quick ? 200 : 1_000)),
    await page(quick ? 2_000 : 10_000, pairs),
  ];
}

async function delivered(count: number): Promise<number> {
  const root = tempFolder();
  const post = createPost({ root });
  await post.open('w0');
  await post.deliver({ ...note, from: 'lead', to: ['w0'] });
  const rate = await perSecond(count, () => post.deliver({ ...note, from: 'lead', to: ['w0'] }));
  gate(readdirSync(join(root, 'w0', 'new')).length === count + 1, 'messages are missing');
  return rate;
}

async function sent(count: number): Promise<number> {
  const root = tempFolder();
  const boxes = createBoxes({ root });
  for (const each of ['w0', 'w1']) await boxes.open(each);
  const mailer = createMailer({ root });
  await mailer.send({ ...note, from: 'w1', to: ['w0'] });
  const rate = await perSecond(count, () => mailer.send({ ...note, from: 'w1', to: ['w0'] }));
  gate(readdirSync(join(root, 'w0', 'new')).length === count + 1, 'messages are missing');
  return rate;
}

async function written(count: number): Promise<number> {
  const root = tempFolder();
  for (const each of ['tmp', 'new']) mkdirSync(join(root, each));
  const bytes = Buffer.from(`${'Header: value of a usual length\n'.repeat(12)}\n${body}\n`);
  return perSecond(count, async () => {
    const name = randomUUID();
    const handle = openSync(join(root, 'tmp', name), 'wx');
    writeSync(handle, bytes);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(join(root, 'tmp', name), join(root, 'new', name));
  });
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  for (let n = 0; n < count; n += 1) await work();
  return count / ((performance.now() - from) / 1_000);
}

/** From the call that delivers to the hint, in a process that watches 100 mailboxes. */
async function wakeUps(count: number): Promise<Row[]> {
  const root = tempFolder();
  const post = createPost({ root });
  const addresses = Array.from({ length: 100 }, (_, n) => `w${n}`);
  for (const each of addresses) await post.open(each);
  const waiting = new Map<string, () => void>();
  const stop = post.onHint(addresses, (address) => waiting.get(address)?.());
  // Watching 100 folders begins behind our back.
  await post.deliver({ ...note, from: 'lead', to: ['@workers'] });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const tookMs: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const address = addresses[(n * 37) % addresses.length] ?? 'w0';
    const hinted = new Promise<number>((resolve) => waiting.set(address, () => resolve(performance.now())));
    await post.deliver({ ...note, from: 'lead', to: [address] });
    const from = performance.now();
    tookMs.push(Math.max(0, (await hinted) - from));
  }
  stop();
  const [p50, p99] = [quantile(tookMs, 0.5), quantile(tookMs, 0.99)];
  return [
    aloneRow(tookMs, {
      name: 'wake-up: from told as delivered to the hint, 100 mailboxes watched',
      unit: 'ms',
      goal: 'p50 and p99 told',
      note: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms of ${count}; 0 is a hint that came before the delivery was told as durable`,
    }),
  ];
}

async function page(count: number, pairs: number): Promise<Row> {
  const root = tempFolder();
  const boxes = createBoxes({ root, sync: false });
  await boxes.open('w0');
  const post = createPost({ root, sync: false });
  for (let n = 0; n < count; n += 1) await post.deliver({ ...note, from: 'lead', to: ['w0'], subject: `${n}` });
  const from = performance.now();
  await listing(boxes, 'w0');
  const coldMs = performance.now() - from;
  const got = await inTurn(
    async () => {
      const begun = performance.now();
      const found = (await listing(boxes, 'w0')).filter((entry) => passes(entry, { stages: ['new'] }));
      const tookMs = performance.now() - begun;
      gate(found.length === count && found[0]?.heading.subject === '0', 'the page is not right');
      return tookMs;
    },
    async () => {
      const begun = performance.now();
      const folder = join(root, 'w0', 'new');
      const sizes = readdirSync(folder).map((name) => lstatSync(join(folder, name)).size);
      gate(sizes.length === count, 'files are missing');
      return performance.now() - begun;
    },
    { pairs },
  );
  return pairedRow(got, {
    name: `inbox page of a mailbox of ${count.toLocaleString('en')} messages`,
    unit: 'ms',
    goal: '< 200 ms',
    note: `all counted and sorted; the first time, without an index, ${Math.round(coldMs).toLocaleString('en')} ms; baseline: readdir and lstat of the same files`,
  });
}

await main(bench);

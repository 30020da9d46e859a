// `oompa mail archive`, `verify`, `repair`, `export`.
import { clean } from '../../../core/clean.ts';
import { EffectError, exitCodes } from '../../../core/errors.ts';
import { formats } from '../../../mail/export.ts';
import { keepMail } from '../../../mail/keeper.ts';
import { listing } from '../../../mail/listing.ts';
import { everyMessage } from '../../../mail/thread.ts';
import { faultsOf } from '../../../mail/verify.ts';
import { agentExitCodes } from '../../exits.ts';
import { keptLines } from '../../mail-chores.ts';
import { openMailroom } from '../../mailroom.ts';
import type { Invocation } from '../index.ts';

export async function archive({ args: [thread], options }: Invocation): Promise<number> {
  const { boxes, life, address } = await openMailroom(options);
  const done = (await listing(boxes, address)).filter(
    ({ stage, heading }) => stage === 'done' && (thread === undefined || heading.thread === thread),
  );
  for (const entry of done) await life.move(address, entry, 'Archive');
  const ids = done.map(({ heading }) => heading.id);
  console.log(options.json ? JSON.stringify({ archived: ids }) : `${ids.length} archived`);
  return exitCodes.ok;
}

export async function verify({ options }: Invocation): Promise<number> {
  const { boxes } = await openMailroom();
  const faults = (await faultsOf(boxes)).map(({ address, what, mend }) => ({ address, what, mendable: mend !== null }));
  if (options.json) console.log(JSON.stringify({ faults }));
  else if (faults.length === 0) console.log('the mail is whole');
  else for (const { address, what } of faults) console.log(clean(`${address}: ${what}`));
  return faults.length > 0 ? agentExitCodes.damaged : exitCodes.ok;
}

export async function repair({ options }: Invocation): Promise<number> {
  const room = await openMailroom();
  const kept = await keepMail(room);
  const mended: string[] = [];
  for (const { address, what, mend } of await faultsOf(room.boxes)) {
    if (!mend) continue;
    await mend();
    mended.push(`${address}: ${what}`);
  }
  const left = (await faultsOf(room.boxes)).map(({ address, what }) => `${address}: ${what}`);
  if (options.json) console.log(JSON.stringify({ ...kept, mended, left }));
  else {
    for (const line of [...keptLines(kept), ...mended.map((each) => `mended: ${each}`)]) console.log(clean(line));
    for (const line of left) console.log(clean(`left: ${line}`));
    if (mended.length + left.length + keptLines(kept).length === 0) console.log('nothing to do');
  }
  return left.length > 0 ? agentExitCodes.damaged : exitCodes.ok;
}

export async function export_({ args: [thread], options }: Invocation): Promise<number> {
  const { boxes, address, isAgent } = await openMailroom(options);
  const write = formats[String(options.format ?? 'md')];
  if (!write)
    throw new EffectError({
      code: 'bad-header',
      message: `--format: ${options.format} is none`,
      hint: Object.keys(formats).join(', '),
    });
  const all = await everyMessage(boxes, isAgent || options.as !== undefined ? [address] : await boxes.addresses());
  for (const entry of all) {
    if (thread !== undefined && entry.heading.thread !== thread) continue;
    const received = await boxes.receive(address, entry.file);
    if (received) process.stdout.write(write(received));
  }
  return exitCodes.ok;
}

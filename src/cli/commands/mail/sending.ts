// `oompa mail send` and `reply`.
import { EffectError, exitCodes } from '../../../core/errors.ts';
import { agentExitCodes } from '../../exits.ts';
import { reply as answer, type SendReport, send as sendIt } from '../../mail-actions.ts';
import { choose } from '../../mail-decisions.ts';
import { sentText } from '../../mail-text.ts';
import { openMailroom } from '../../mailroom.ts';
import type { Invocation } from '../index.ts';
import { contentOf } from './input.ts';

export async function send({ options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  return told(
    await sendIt(room, { ...(await contentOf(options)), to: (options.to as string[] | undefined) ?? [] }),
    options,
  );
}

export async function reply({ args: [id = ''], options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  if (options.choose !== undefined) return told(await choose(room, id, String(options.choose)), options);
  const content = await contentOf(options);
  if (content.body === undefined && content.type === undefined) {
    throw new EffectError({
      code: 'bad-body',
      message: 'an answer without a text',
      hint: 'give --body, --file, or --choose for a question',
    });
  }
  return told(await answer(room, id, { ...content, all: options.all === true }), options);
}

function told(report: SendReport, { json }: Readonly<Record<string, unknown>>): number {
  const late = report.to.filter(({ outcome }) => outcome === 'failed');
  if (json) console.log(JSON.stringify(report));
  else console.log(sentText(report));
  return late.length > 0 ? agentExitCodes.partly : exitCodes.ok;
}

// `oompa answer <worker> allow|deny`: answers what the harness of an interactive worker asks now.
import { exitCodes, Refusal } from '../../core/errors.ts';
import { say } from '../say.ts';
import { askLead } from '../wishes.ts';
import { needLatest, openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [id = '', choice = ''], options }: Invocation): Promise<number> {
  if (choice !== 'allow' && choice !== 'deny')
    throw new Refusal(`"${choice}" is no answer`, { hint: 'say allow or deny', exitCode: exitCodes.usage });
  const paths = openWorkspace();
  const { workers } = needLatest(paths).state;
  const worker = workers[id];
  if (!worker?.ask) {
    const asking = Object.values(workers)
      .filter(({ ask }) => ask)
      .map((each) => each.id);
    throw new Refusal(worker ? `${id} asks nothing` : `there is no worker ${id}`, {
      hint: asking.length > 0 ? `asking: ${asking.join(', ')}` : 'nobody asks anything now',
      exitCode: exitCodes.noinput,
    });
  }
  const { answerable, id: ask, text } = worker.ask;
  if (!answerable)
    throw new Refusal(`${id} can be answered in its pane only: ${text}`, {
      hint: `oompa attach ${id}`,
      exitCode: exitCodes.unavailable,
    });
  const { before, after } = await askLead(paths, { wish: 'answer', worker: id, ask, choice });
  const last = after.notices.at(-1);
  const refused = last && last.seq > before.state.seq && last.text.startsWith(`${id} `);
  const line = refused ? null : `${choice === 'allow' ? 'allowed' : 'denied'}: ${text}`;
  return say(options, line, { worker: id, ask, choice, answered: !refused }, refused ? [last.text] : []);
}

// Makes a pane in tmux: the server, its options, the session, the window and the tags, with nothing ambiguous in between.
import { clean } from '../../core/clean.ts';
import { EffectError } from '../../core/errors.ts';
import type { PaneSpec } from '../contract.ts';
import { mark, paneEnvironment } from '../spec.ts';
import type { Client } from './client.ts';
import { paneOptions, serverOptions } from './options.ts';
import { pathVariable } from './wrapper.ts';

export interface Place {
  swarmTag: string;
  session: string;
  size: { cols: number; rows: number };
}

/** Starts `command` (the wrapped argv of `spec`) as the pane `id`. EffectError `spawn-failed`, `backend-gone`, `no-answer`. */
export async function startPane(
  client: Client,
  place: Place,
  spec: PaneSpec,
  id: string,
  command: readonly string[],
): Promise<void> {
  const { swarmTag, session } = place;
  const env: Record<string, string> = paneEnvironment(spec, mark(swarmTag, spec.key, id));
  if (env.PATH !== undefined) env[pathVariable] = env.PATH;
  const named = [
    '-n',
    spec.key,
    ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    '--',
    ...command,
  ];
  // In one sequence with what makes the pane: a server that is killed between leaves no pane at all.
  const tagged = [
    ...paneOptions({ '@oompa_worker': spec.key, '@oompa_swarm': swarmTag, '@oompa_pane': id }),
    ['select-pane', '-T', clean(spec.title).replaceAll('#', '##')],
  ];
  for (let attempt = 1; ; attempt += 1) {
    const sessions = await client.run([...serverOptions, ['list-sessions', '-F', '#{session_name}']], { start: true });
    const make = sessions.includes(session) ? ['new-window', '-t', `=${session}:`] : newSession(place);
    // What -e gives to a new session would be inherited by all later panes.
    const unset = make[0] === 'new-session' ? Object.keys(env).map((name) => ['set-environment', '-u', name]) : [];
    try {
      await client.run([[...make, ...named], ...tagged, ...unset]);
      return;
    } catch (error) {
      // The session's last window may close, or somebody else may make the session, between the question and the order.
      if (!(error instanceof EffectError) || error.code === 'no-answer') throw error;
      if (attempt < 3 && /session/.test(error.message)) continue;
      if (error.code === 'backend-gone') throw error;
      const hint = 'the machine may be out of processes or terminals; end some and try again';
      throw new EffectError({ code: 'spawn-failed', message: error.message, retryable: true, hint, cause: error });
    }
  }
}

function newSession({ session, size }: Place): string[] {
  return ['new-session', '-d', '-E', '-s', session, '-x', String(size.cols), '-y', String(size.rows)];
}

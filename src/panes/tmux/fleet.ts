// Which panes of the swarm exist: one query for all of them, joined with what the wrappers wrote.
import { EffectError } from '../../core/errors.ts';
import type { Pane } from '../contract.ts';
import type { Client } from './client.ts';
import type { Records } from './wrapper.ts';

export interface Seen extends Pane {
  /** tmux's own name of the pane, `%3`; names start again with a new server. */
  pane: string;
  window: string;
  /** Process id of the wrapper, which leads the pane's session; somebody else's, perhaps, once the pane is not alive. */
  leader: number;
}

export interface Fleet {
  /** All panes of the swarm. A server that is gone has none. */
  look(): Promise<Seen[]>;
  /** What the last look saw of a key: the living pane before a dead one. */
  seen(key: string): Seen | undefined;
  /** Looks, and gives the living pane of the key. EffectError `pane-gone`. */
  living(key: string): Promise<Seen>;
}

export function createFleet(tmux: () => Promise<Client>, swarmTag: string, records: Records): Fleet {
  const query = ['list-panes', '-a', '-f', `#{==:#{@oompa_swarm},${swarmTag}}`, '-F', format];
  let seen = new Map<string, Seen>();
  const fleet: Fleet = {
    async look() {
      const lines = await (await tmux()).ask([query]).catch(noneWhenGone);
      records.look();
      // A window is listed once for every session that shows it.
      const panes = [
        ...new Map(lines.map((line) => readSeen(line, records)).map((each) => [each.pane, each])).values(),
      ];
      seen = new Map(
        [...panes.filter((each) => !each.alive), ...panes.filter((each) => each.alive)].map((each) => [each.key, each]),
      );
      return panes;
    },
    seen: (key) => seen.get(key),
    async living(key) {
      await fleet.look();
      const found = seen.get(key);
      if (found?.alive) return found;
      const hint = 'it is opened again when the worker is restarted';
      throw new EffectError({ code: 'pane-gone', message: `${key} has no living pane`, hint });
    },
  };
  return fleet;
}

const format = '#{pane_id} #{window_id} #{pane_pid} #{pane_dead} #{@oompa_worker} #{@oompa_pane}';

function readSeen(line: string, records: Records): Seen {
  const [pane = '', window = '', leader = '', dead, key = '', id = ''] = line.split(' ');
  // A background process may hold the terminal open after the program has ended; the wrapper knows.
  const exit = records.exit(id);
  const alive = dead === '0' && exit === null;
  return {
    key,
    id,
    pid: alive ? records.pid(id) : null,
    alive,
    exit,
    pane,
    window,
    leader: Number(leader),
  };
}

/** For `catch`: what is gone has nothing to say. */
export function noneWhenGone(error: unknown): string[] {
  if (error instanceof EffectError && (error.code === 'backend-gone' || error.code === 'pane-gone')) return [];
  throw error;
}

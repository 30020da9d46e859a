// Events of the swarm as a whole.
import type { Draft } from '../draft.ts';
import type { EventOf } from '../event.ts';
import { newWorker } from '../new-worker.ts';
import { seatsOf } from '../seats/kinds.ts';

export const onSwarm = {
  'swarm.started': (draft: Draft, event: EventOf<'swarm.started'>) => {
    draft.set({
      swarm: {
        id: event.swarm,
        root: event.root,
        base: event.base,
        config: event.config,
        providers: event.providers,
        configFile: event.configFile,
        status: 'running',
        startedAt: draft.at,
        boardSeen: false,
        boardAt: -1,
        stopReason: null,
        pid: null,
        panes: null,
        panesReason: null,
        left: [],
      },
    });
    for (const { id, seat, spec } of seatsOf(event.config)) draft.addWorker(newWorker(id, seat, spec, draft.at));
  },
  'supervisor.started': (draft: Draft, event: EventOf<'supervisor.started'>) => {
    if (draft.state.swarm?.pid === null) draft.record({ kind: 'started' });
    draft.swarm({ pid: event.pid, panes: event.panes, panesReason: event.panesReason });
    if (event.panesReason) draft.notice('warn', event.panesReason);
    if (event.healed > 0)
      draft.notice('warn', `the journal ended in a torn line of ${event.healed} bytes; it was cut off`);
  },
  'swarm.stop-asked': (draft: Draft, event: EventOf<'swarm.stop-asked'>) => {
    if (draft.state.swarm?.status !== 'running') return;
    draft.swarm({ status: 'stopping', stopReason: 'interrupted' });
    draft.notice('info', `stopping the swarm (asked by ${event.by})`);
  },
  'swarm.stopped': (draft: Draft, event: EventOf<'swarm.stopped'>) => {
    draft.swarm({ status: 'stopped', left: event.left });
    draft.record({ kind: 'stopped', reason: event.reason, left: event.left });
    for (const text of event.left) draft.notice('warn', `left behind: ${text}`);
  },
  'base.moved': (draft: Draft, event: EventOf<'base.moved'>) => {
    const base = draft.state.swarm?.base;
    if (!base || base.sha === event.sha) return;
    draft.swarm({ base: { ...base, sha: event.sha } });
    const ours = Object.values(draft.state.changes).some((change) => change.integration?.commit === event.sha);
    if (!ours) draft.notice('info', `${base.branch} moved to ${event.sha.slice(0, 7)}, not by oompa`);
  },
  beat: () => {},
};

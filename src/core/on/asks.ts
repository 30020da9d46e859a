// Events of asks: an interactive harness waits for a person, and goes on.
import type { Draft } from '../draft.ts';
import type { EventOf } from '../event.ts';

export const onAsks = {
  'ask.raised': (draft: Draft, event: EventOf<'ask.raised'>) => {
    const worker = draft.state.workers[event.worker];
    if (worker?.turn?.id !== event.turn || worker.status === 'stopping') return;
    draft.worker(event.worker, { ask: event.ask });
    draft.moveWorker(event.worker, 'needs-you', event.ask.text);
  },
  'ask.closed': (draft: Draft, event: EventOf<'ask.closed'>) => {
    const worker = draft.state.workers[event.worker];
    if (worker?.ask?.id !== event.ask) return;
    draft.worker(event.worker, { ask: null });
    if (worker.status === 'needs-you') draft.moveWorker(event.worker, 'working');
  },
  'ask.answer-asked': (draft: Draft, { worker: id, ask, choice }: EventOf<'ask.answer-asked'>) => {
    const open = draft.state.workers[id]?.ask;
    if (open?.id !== ask) draft.notice('warn', `${id} no longer asks that; nothing was answered`);
    else if (choice !== 'pane' && !open.answerable)
      draft.notice('warn', `${id} can be answered in its pane only: press Enter on it`);
    else draft.ask({ type: 'ask.answer', worker: id, ask, choice });
  },
};

// The sensor of panes: one query a beat for the whole fleet tells which runner ended.
import type { Sight, World } from '../contract.ts';

export async function readPanes(world: World, sight: Sight): Promise<void> {
  // Only panes known before the query was sent can be missed by it.
  const known = Object.values(sight.state().workers).filter((worker) => worker.pane !== null);
  if (known.length === 0) return;
  const panes = new Map((await world.panes.list()).map((pane) => [pane.id, pane]));
  for (const { id: worker, pane } of known) {
    if (pane === null || sight.state().workers[worker]?.pane !== pane) continue;
    const found = panes.get(pane);
    if (found?.alive) continue;
    await sight.dispatch({
      type: 'pane.exited',
      worker,
      pane,
      code: found?.exit?.code ?? null,
      signal: found?.exit?.signal ?? null,
    });
  }
}

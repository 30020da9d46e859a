// Looks at the visible workers on a slow beat: what they do, how much they changed, and whether the supervisor is up.
import type { Progress } from '../ports.ts';
import type { Face } from '../store.ts';
import { visibleWorkers } from '../visible.ts';
import { loop, type Tell } from './index.ts';

const beatMs = 2_000;
const measureMs = 5_000;

export function watchWorkers(face: Face, tell: Tell): () => void {
  /** When a worker's tree was last measured, and at which turn and output. Nothing new, no measuring. */
  const measured = new Map<string, { mark: string; at: number }>();
  const beat = loop(
    async () => {
      const workers = visibleWorkers(face.view());
      const [up, live] = await Promise.all([face.ports.supervisorUp(), face.ports.live(workers.map(({ id }) => id))]);
      const supervisor = up ? 'up' : 'down';
      tell((view) => ({
        ...(view.supervisor === supervisor ? {} : { supervisor }),
        ...(same(view.live, live) ? {} : { live }),
      }));
      for (const { id, status, turn } of workers) {
        const mark = `${status} ${turn?.id} ${live[id]?.lastOutputAt}`;
        const last = measured.get(id);
        const at = face.clock.monotonic();
        if (last && (last.mark === mark || at - last.at < measureMs)) continue;
        measured.set(id, { mark, at });
        tellProgress(tell, id, await face.ports.progress(id));
      }
    },
    () => beatMs,
  );
  return beat.close;
}

function tellProgress(tell: Tell, id: string, now: Progress | null): void {
  tell(({ progress }) => {
    if (same(progress[id] ?? null, now)) return {};
    const { [id]: _, ...others } = progress;
    return { progress: now ? { ...others, [id]: now } : others };
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

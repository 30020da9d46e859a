// Keeps stray console output of this process off the screen that Ink draws: it is said in the footer instead.
import { format } from 'node:util';
import type { Face } from './store.ts';

const levels = { debug: 'info', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const;

/** Takes the console over; the function that comes back returns it. */
export function quietConsole(face: Face): () => void {
  const saved = { ...console };
  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...words: unknown[]) => face.say(level, format(...words));
  }
  return () => void Object.assign(console, saved);
}

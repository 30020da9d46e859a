// Asks before something that cannot be taken back.
import type { Face } from '../store.ts';

export function ask(face: Face, question: string, act: () => void): void {
  face.update({ mode: { kind: 'ask', question, act } });
}

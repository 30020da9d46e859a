// Asks the operator in the footer: yes or no before what cannot be taken back, or for a line.
import { emptyLine } from '../editor.ts';
import type { Face } from '../store.ts';

export function ask(face: Face, question: string, act: () => void): void {
  face.update({ mode: { kind: 'ask', question, act } });
}

/** `send` gets what was written; `wanted` is said while that is nothing. */
export function askLine(face: Face, title: string, wanted: string, send: (text: string) => void): void {
  face.update({ mode: { kind: 'note', title, wanted, line: emptyLine, send } });
}

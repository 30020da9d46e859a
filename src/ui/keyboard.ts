// The keyboard: the only useInput of the program. What a key does is decided by the mode, then by the table of actions.
import { useInput, usePaste } from 'ink';
import { act } from './actions/index.ts';
import { helpDocument } from './documents/help-document.ts';
import { editAliases, edits, insert, textOf } from './editor.ts';
import { bytesOf, type Press, pressesOf } from './keymap.ts';
import { helpHeight } from './layout.ts';
import type { Face } from './store.ts';
import type { Mode } from './view.ts';

export function useKeyboard(face: Face): void {
  useInput((input, key) => {
    for (const press of pressesOf(input, key)) pressKey(face, press);
  });
  usePaste((text) => pasteText(face, text));
}

export function pressKey(face: Face, press: Press): void {
  keys[face.view().mode.kind](face, press);
}

const keys: Readonly<Record<Mode['kind'], (face: Face, press: Press) => void>> = {
  normal: (face, { name }) => {
    if (face.view().message) face.update({ message: null });
    act(face, name);
  },
  help: (face, { name }) => {
    const step = helpSteps[name];
    if (step === undefined) return face.update({ mode: { kind: 'normal' } });
    face.update((view) => {
      const most = Math.max(0, helpDocument(view.theme).rows.length - helpHeight(view.size));
      return { tops: { ...view.tops, help: Math.max(0, Math.min(most, (view.tops.help ?? 0) + step)) } };
    });
  },
  ask: (face, { name }) => {
    const { mode } = face.view();
    if (mode.kind !== 'ask' || !answers.includes(name)) return;
    face.update({ mode: { kind: 'normal' } });
    if (name === 'y') mode.act();
    else face.say('info', 'nothing was done');
  },
  note: (face, press) => {
    const { mode } = face.view();
    if (mode.kind !== 'note') return;
    const edit = edits[editAliases[press.name] ?? press.name];
    if (press.name === 'enter') sendLine(face, mode);
    else if (press.name === 'esc' || press.name === 'ctrl-c') face.update({ mode: { kind: 'normal' }, message: null });
    else if (edit) face.update({ mode: { ...mode, line: edit(mode.line) }, message: null });
    else if (press.text) face.update({ mode: { ...mode, line: insert(mode.line, press.text) }, message: null });
  },
  attached: (face, press) => {
    const { mode } = face.view();
    if (mode.kind !== 'attached') return;
    if (press.name !== 'ctrl-q') return mode.write(bytesOf(press));
    mode.close();
    face.update({ mode: { kind: 'normal' } });
  },
};

/** Sends what was written in the footer. */
function sendLine(face: Face, { line, wanted, send }: Extract<Mode, { kind: 'note' }>): void {
  const text = textOf(line).trim();
  if (!text) {
    face.say('warn', wanted);
    return;
  }
  face.update({ mode: { kind: 'normal' } });
  send(text);
}

const answers = ['y', 'n', 'esc', 'ctrl-c', 'q'];
const helpSteps: Readonly<Record<string, number>> = {
  j: 1,
  down: 1,
  k: -1,
  up: -1,
  pgdn: 10,
  space: 10,
  pgup: -10,
  g: -1e9,
  home: -1e9,
  G: 1e9,
  end: 1e9,
};

function pasteText(face: Face, text: string): void {
  const { mode } = face.view();
  if (mode.kind === 'note') face.update({ mode: { ...mode, line: insert(mode.line, text) } });
  else if (mode.kind === 'attached')
    mode.write(text.replace(/\r?\n/g, '\r').replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, ''));
}

// Reads the diff, the task file or the message that the right panel is to show, when the selection rests, and keeps the latest few.
import { messageOf } from '../../core/errors.ts';
import type { Face } from '../store.ts';
import { changeIn, mailIn, taskIn, type View } from '../view.ts';
import { rightShown } from '../visible.ts';
import type { Tell } from './index.ts';

const restMs = 60;
const mostKept = 12;

export function watchDocuments(face: Face, tell: Tell): () => void {
  let timer: NodeJS.Timeout | undefined;
  let reading = '';
  const look = (view: View) => {
    const wanted = wantedBy(view);
    if (wanted.key === reading) return;
    reading = wanted.key;
    clearTimeout(timer);
    if (wanted.key) timer = setTimeout(() => void wanted.read(face, tell), restMs);
  };
  look(face.view());
  const forget = face.store.subscribe(look);
  return () => {
    forget();
    clearTimeout(timer);
  };
}

interface Reading {
  /** Names what is to be read; empty for nothing. */
  key: string;
  read(face: Face, tell: Tell): Promise<void>;
}

const nothing: Reading = { key: '', read: async () => {} };

function wantedBy(view: View): Reading {
  const right = rightShown(view);
  const change = changeIn(view);
  const task = taskIn(view);
  if (right === 'diff' && change && typeof view.diffs[change.id] !== 'object') {
    return {
      key: `diff ${change.id}`,
      read: async ({ ports }, tell) => {
        const diff = await ports.diff(change).catch(messageOf);
        tell(({ diffs }) => ({ diffs: { ...latest(diffs), [change.id]: diff } }));
      },
    };
  }
  if (right === 'task' && task) {
    return {
      key: `task ${task.id} ${task.since} ${task.column}`,
      read: async ({ ports }, tell) => {
        const text = (await ports.taskText(task.id).catch(messageOf)) ?? 'the file is gone';
        tell(({ taskTexts }) => ({ taskTexts: { ...latest(taskTexts), [task.id]: text } }));
      },
    };
  }
  const mail = mailIn(view);
  if (right === 'mail' && mail && view.mailTexts[mail.id] === undefined) {
    return {
      key: `mail ${mail.id}`,
      read: async ({ ports }, tell) => {
        const text = (await ports.mail.text(mail.id).catch(messageOf)) ?? 'the message is gone';
        tell(({ mailTexts }) => ({ mailTexts: { ...latest(mailTexts), [mail.id]: text } }));
      },
    };
  }
  return nothing;
}

function latest<T>(kept: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(kept).slice(1 - mostKept));
}

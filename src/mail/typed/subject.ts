// What a subject says of a typed message: `TYPE`, `[id] TYPE`, `id: TYPE`. A type counts as the first word only, never in a sentence.
import { isId } from '../../core/ids.ts';
import { type SwarmType, typeNamed } from './types.ts';

export interface SubjectReading {
  type: SwarmType | null;
  task: string | null;
  warnings: string[];
}

/** What mail programs put before the subject of an answer: none of it is a task. */
const prefix = /^(?:re|fwd?|aw|wg|sv|tr)$/i;

/** `isTask` knows ids outside the grammar of ids. */
export function readSubject(subject: string, isTask: (id: string) => boolean): SubjectReading {
  let rest = subject.slice(0, 1_000).trim();
  const bracketed: string[] = [];
  for (let found = bracket.exec(rest); found; found = bracket.exec(rest)) {
    bracketed.push(found[1]?.trim() ?? '');
    rest = rest.slice(found[0].length);
  }
  if (bracketed.length > 0) {
    const task = bracketed.find((id) => isTask(id)) ?? bracketed.find(isId) ?? null;
    const warnings = task === null ? [`[${bracketed[0]?.slice(0, 80)}] in the subject is not a task id`] : [];
    return { type: firstType(rest), task, warnings };
  }
  const type = firstType(rest);
  const [before = '', id = ''] = /^([^\s:]{1,200})\s*:/.exec(rest) ?? [];
  const known = isTask(id);
  if (type !== null || !(known || (isId(id) && !prefix.test(id)))) return { type, task: null, warnings: [] };
  const typed = firstType(rest.slice(before.length).trimStart());
  return { type: typed, task: typed === null && !known ? null : id, warnings: [] };
}

const bracket = /^\[([^\][]*)\]\s*:?\s*/;

/** In capitals as the first word, or in any case as the only one: "Done with lunch" is not a report. */
function firstType(text: string): SwarmType | null {
  const first = /^[A-Z]+(?:[_-][A-Z]+)*(?![\p{L}\p{N}_]|-[\p{L}\p{N}])/u.exec(text)?.[0];
  const only = /^([a-z]+(?:[ _-][a-z]+)*)[.!]?$/i.exec(text)?.[1];
  return typeNamed(first ?? only ?? '');
}

// Signals an agent prints. A signal counts only on a line of its own, outside code fences, in the agent's own text.
import * as z from 'zod';
import { isId } from './ids.ts';

/** A reviewer's answer on a change. */
export const Verdict = z.enum(['approved', 'needs-changes']);
export type Verdict = z.infer<typeof Verdict>;

export const Signals = z.object({
  /** Task ids of all CLAIM(…) lines, in order, each once. */
  claims: z.array(z.string()),
  ready: z.boolean(),
  followUp: z.string().nullable(),
  done: z.boolean(),
  /** Null when there is none, or when two contradict each other. */
  verdict: Verdict.nullable().default(null),
});
export type Signals = z.infer<typeof Signals>;

export const noSignals: Signals = { claims: [], ready: false, followUp: null, done: false, verdict: null };

/** As a line of its own, alone or in bold. The words without `VERDICT:` are what older prompts ask for. */
const verdictLine = /^(\*{0,2})(?:VERDICT:[ \t]*)?(APPROVED|NEEDS_CHANGES|REJECTED)\1$/;
const verdictOf: Readonly<Record<string, Verdict>> = {
  APPROVED: 'approved',
  NEEDS_CHANGES: 'needs-changes',
  REJECTED: 'needs-changes',
};

/** A line like ```this``` opens none: backticks with more of them behind are code within a line. */
const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$/;

/** The mark of the code fence that is open after `line`, or null; `open` is the one before it. */
export function fenceAfter(open: string | null, line: string): string | null {
  const mark = fence.exec(line);
  if (open === null) return mark?.[1] ?? null;
  return mark?.[1]?.startsWith(open) && mark[2]?.trim() === '' ? null : open;
}

/**
 * Reads the signals of one turn. `text` is what the agent said, already cleaned. Lines inside a fence (closed or not),
 * quoted (`>`) or indented by four or more are not read. What follows NEEDS_FOLLOWUP on its line and after it is its explanation.
 */
export function readSignals(text: string): Signals {
  const claims: string[] = [];
  let ready = false;
  let done = false;
  let followUp: string[] | null = null;
  const verdicts = new Set<Verdict>();
  let open: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const before = open;
    open = fenceAfter(before, line);
    if (before !== null || open !== null) continue;
    if (/^(?: {4,}|\t)/.test(line)) continue;
    const words = line.trim();
    const verdict = verdictOf[verdictLine.exec(words)?.[2] ?? ''];
    if (verdict) verdicts.add(verdict);
    const claim = /^CLAIM\(([^()]*)\)$/.exec(words);
    if (claim) {
      for (const id of (claim[1] ?? '').split(',').map((each) => each.trim())) {
        if (isId(id) && !claims.includes(id)) claims.push(id);
      }
    } else if (words === 'COMPLETE_AND_READY_FOR_MERGE') ready = true;
    else if (words === '__DONE__') done = true;
    else if (/^NEEDS_FOLLOWUP(?:$|[\s:])/.test(words)) followUp = [words.replace(/^NEEDS_FOLLOWUP[\s:]*/, '')];
    else if (followUp) followUp.push(line);
  }
  const [verdict = null, ...contrary] = verdicts;
  return {
    claims,
    ready,
    followUp: followUp === null ? null : followUp.join('\n').trim(),
    done,
    verdict: contrary.length > 0 ? null : verdict,
  };
}

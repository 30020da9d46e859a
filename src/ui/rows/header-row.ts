// The line at the top: where we are, who watches, what matters. Segments shorten, then go, when the terminal is narrow.
import { basename } from 'node:path';
import { limitedLanes } from '../../core/lanes.ts';
import { usageOf } from '../../core/select.ts';
import type { State } from '../../core/state.ts';
import { costLabel } from '../../core/usage.ts';
import { clockLabel } from '../age.ts';
import { countsIn, questionsIn } from '../lists.ts';
import { cut, tame, widthOf } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';
import type { View } from '../view.ts';

export interface Segment {
  tone: Tone;
  /** Longest form first; the last one may be empty: then the segment goes. */
  forms: readonly string[];
  /** The lower, the longer it keeps its form. */
  rank: number;
}

export function headerRow(view: View, width: number): string {
  const { state, theme } = view;
  const { swarm } = state;
  const counts = countsIn(state);
  const needs = counts.needsYou + questionsIn(view.mail).length;
  const count = (amount: number, glyph: string, words: string, brief: string, tone: Tone, rank: number): Segment => ({
    tone: amount > 0 ? tone : 'dim',
    forms: [`${glyph} ${amount} ${words}`, `${amount} ${words}`, `${amount} ${brief}`],
    rank,
  });
  return headerLine(
    [
      { tone: 'focus', forms: ['oompa', ''], rank: 9 },
      { tone: 'bold', forms: [swarm ? basename(swarm.root) : 'no swarm yet'], rank: 0 },
      { tone: 'plain', forms: swarm ? [`${swarm.base.branch}@${swarm.base.sha.slice(0, 7)}`] : [''], rank: 0 },
      supervisorSegment(view),
      backendSegment(swarm),
      count(needs, theme.glyph('flag'), needs === 1 ? 'needs you' : 'need you', 'you', 'ask', 5),
      count(counts.inReview, theme.glyph('diamond'), 'in review', 'review', 'busy', 6),
      count(counts.working, theme.glyph('run'), 'working', 'work', 'good', 7),
      count(counts.failed, theme.glyph('cross'), 'failed', 'fail', 'bad', 8),
      ...holdSegments(state, theme),
      ...laneSegments(state),
      costSegment(state),
      ...(swarm && swarm.status !== 'running' ? [{ tone: 'warn', forms: [swarm.status], rank: 0 } as const] : []),
    ],
    width,
    theme,
  );
}

/** Accounts and providers that wait: `claude limited→14:20`, `codex login`. */
function holdSegments(state: State, theme: Theme): Segment[] {
  return Object.entries(state.holds)
    .filter(([, hold]) => hold.until === null || hold.until > state.at)
    .map(([account, hold]) => {
      const what = hold.until === null ? 'login' : `limited${theme.glyph('arrow')}${clockLabel(hold.until)}`;
      return { tone: hold.until === null ? 'ask' : 'warn', forms: [`${account} ${what}`, account], rank: 2 };
    });
}

/** Turns in flight in each lane that has a limit: `claude 2/3`. A full one stays longer: it tells why nothing starts. */
function laneSegments(state: State): Segment[] {
  return limitedLanes(state).map(({ name, running, limit }) => {
    const full = running >= limit;
    return { tone: full ? 'warn' : 'dim', forms: [`${name} ${running}/${limit}`, ''], rank: full ? 11 : 12 };
  });
}

/** What the swarm has cost, of its budget; nothing while nothing is known. */
function costSegment(state: State): Segment {
  const cost = usageOf(state).costUsd;
  if (cost === null) return { tone: 'dim', forms: [''], rank: 10 };
  const budget = state.swarm?.config.budget.swarm_usd;
  return { tone: 'dim', forms: [`${costLabel(cost)}${budget ? `/${budget}` : ''}`, ''], rank: 10 };
}

function supervisorSegment({ supervisor, theme }: View): Segment {
  if (supervisor === 'up')
    return { tone: 'good', forms: [`${theme.glyph('dot')} supervisor up`, `${theme.glyph('dot')} up`], rank: 3 };
  if (supervisor === 'down')
    return { tone: 'bad', forms: [`${theme.glyph('cross')} supervisor down`, `${theme.glyph('cross')} down`], rank: 3 };
  return { tone: 'dim', forms: [`${theme.glyph('ring')} supervisor ?`, `${theme.glyph('ring')} ?`], rank: 3 };
}

function backendSegment(swarm: State['swarm']): Segment {
  if (!swarm?.panes) return { tone: 'dim', forms: [''], rank: 4 };
  if (swarm.panes === 'pty')
    return { tone: 'warn', forms: ['pty: embedded, not durable', 'pty, not durable'], rank: 4 };
  return { tone: 'dim', forms: [swarm.panes, ''], rank: 4 };
}

/** Segments in order, each in the longest form that lets all fit; then cut. */
export function headerLine(segments: readonly Segment[], width: number, theme: Theme): string {
  const at = segments.map(() => 0);
  const formOf = (index: number) => tame(segments[index]?.forms[at[index] ?? 0] ?? '', theme);
  const line = () => segments.map((_, index) => formOf(index)).filter(Boolean);
  const isTooWide = () => widthOf(line().join('  ')) + 2 > width;
  const byRank = segments.map((_, index) => index).sort((a, b) => (segments[b]?.rank ?? 0) - (segments[a]?.rank ?? 0));
  while (isTooWide()) {
    const shorter = byRank.filter((index) => (at[index] ?? 0) < (segments[index]?.forms.length ?? 1) - 1);
    const least = Math.min(...shorter.map((index) => at[index] ?? 0));
    const next = shorter.find((index) => at[index] === least);
    if (next === undefined) return ` ${cut(line().join('  '), width - 1, theme)}`;
    at[next] = (at[next] ?? 0) + 1;
  }
  return ` ${segments
    .map(({ tone }, index) => theme.paint(tone, formOf(index)))
    .filter(Boolean)
    .join('  ')}`;
}

// What the readers make of the lines that the real CLIs printed (tests/captures, recorded by tests/clis/record.ts).
import { describe, expect, test } from 'vitest';
import { readSignals } from '../../src/core/signals.ts';
import type { TurnErrorClass, Usage } from '../../src/core/turn.ts';
import type { HarnessEvent } from '../../src/harnesses/contract.ts';
import { harnesses } from '../../src/harnesses/registry.ts';
import { type Capture, readCapture } from '../clis/capture.ts';
import { clis } from '../clis/clis.ts';

const tools: Record<string, string[]> = {
  claude: ['Bash echo hi; cat a.txt', 'Read a.txt', 'Write one.txt +2 -0', 'Edit a.txt +1 -1', 'Bash exit 3'],
  codex: [
    'shell echo hi; cat a.txt',
    "shell cat '/tree/a.txt'",
    'patch add one.txt',
    'patch update a.txt',
    'shell exit 3',
  ],
  opencode: ['bash echo hi; cat a.txt', 'read a.txt', 'write one.txt +2 -0', 'edit a.txt +1 -1', 'bash exit 3'],
  gemini: [
    'run_shell_command echo hi; cat a.txt',
    'read_file a.txt',
    'write_file one.txt +2 -0',
    'replace a.txt +1 -1',
    'run_shell_command exit 3',
  ],
};
const edits: Record<string, string[]> = {
  claude: ['+one\n+two', '-beta\n+gamma'],
  codex: [],
  opencode: ['+one\n+two', ' alpha\n-beta\n+gamma'],
  gemini: ['+one\n+two', '-beta\n+gamma'],
};
const costs: Record<string, boolean> = { claude: true, codex: false, opencode: true, gemini: false };
/** Whether the CLI's limit tells its end to the second, or only as a time of day in the machine's time zone. */
const exactReset = (name: string) => name !== 'codex';

describe.each(clis.map(({ name, version }) => ({ name, version })))('$name $version', ({ name, version }) => {
  const replay = (capture: Capture, before: Usage | null = null) => {
    expect(capture.version).toBe(version);
    const reader = harnesses.find((each) => each.name === name)?.reader({ cwd: '/tree', before });
    if (!reader) throw new Error(`no harness ${name}`);
    return [
      ...capture.stdout.flatMap((line) => reader.read(JSON.stringify(line))),
      ...capture.stderr.flatMap((line) => reader.readError?.(line) ?? []),
      ...(reader.exited?.(capture.code) ?? []),
    ];
  };
  const work = () => replay(readCapture(name, 'work'));

  test('its own words, its tools and their edits, its conversation and its end', () => {
    const events = work();
    const said = of(events, 'text')
      .map(({ text }) => text)
      .join('\n');
    expect(said).toBe('First I look.\nCreated one.txt.\n\nCOMPLETE_AND_READY_FOR_MERGE');
    expect(readSignals(said).ready).toBe(true);
    const started = of(events, 'tool').filter(({ phase }) => phase === 'started');
    expect(started.map(({ summary }) => summary)).toEqual(tools[name]);
    expect(started.flatMap(({ diff }) => diff ?? [])).toEqual(edits[name]);
    const ended = of(events, 'tool').filter(({ phase }) => phase === 'ended');
    expect(ended.map(({ ok }) => ok)).toEqual([true, true, true, true, false]);
    expect(ended.map(({ id, summary }) => [id, summary])).toEqual(started.map(({ id, summary }) => [id, summary]));
    expect(of(events, 'conversation')).toEqual([{ type: 'conversation', id: 'conversation-1' }]);
    expect(of(events, 'error')).toEqual([]);
    expect(events.at(-1)?.type).toBe('ended');
  });

  test('tokens and cost are those of the turn, also when the CLI counts over the conversation', () => {
    const first = of(work(), 'usage').at(-1);
    expect(first?.usage).toMatchObject({ inputTokens: 3_400, outputTokens: 90 });
    expect((first?.usage.costUsd ?? 0) > 0).toBe(costs[name]);
    const second = of(replay(readCapture(name, 'resume'), first?.total ?? null), 'usage').at(-1);
    expect(second?.usage).toMatchObject({ inputTokens: 200, outputTokens: 20 });
    if (costs[name]) {
      expect(second?.usage.costUsd).toBeGreaterThan(0);
      expect(second?.usage.costUsd).toBeLessThan((first?.usage.costUsd ?? 0) / 2);
    }
  });

  const failures: [string, TurnErrorClass][] = [
    ['unknown', 'no_conversation'],
    ['limit', 'rate_limit'],
    ['auth', 'auth'],
    ['provider', 'provider'],
    ['context', 'context_full'],
  ];
  test.each(failures)('%s: %s', (what, kind) => {
    const events = replay(readCapture(name, what));
    expect(of(events, 'error').at(-1)?.class).toBe(kind);
    // What a CLI says of a failed call is not the agent's word.
    if (what !== 'context') expect(of(events, 'text')).toEqual([]);
    if (what === 'unknown') expect(of(events, 'conversation')).toEqual([]);
  });

  test('a limit tells when it ends', () => {
    const resetAt = of(replay(readCapture(name, 'limit')), 'error').at(-1)?.resetAt ?? '';
    expect(resetAt).toBe(new Date(resetAt).toISOString());
    const far = Date.parse(resetAt) - Date.now();
    expect(far).toBeLessThan(24 * 3_600_000);
    // A reset that the CLI tells as an instant lies in the past by now; one after a span, or of the clock, does not.
    if (name !== 'claude') expect(far).toBeGreaterThan(0);
    if (exactReset(name) && name !== 'claude') expect(far).toBeGreaterThan(7_100_000);
  });

  test('what it does not know means nothing, and an exit without an end is no success', () => {
    const reader = harnesses.find((each) => each.name === name)?.reader({ cwd: '/tree', before: null });
    const strange = [
      '',
      'plain words',
      '{',
      '{"type":"brand.new"}',
      '{"type":"toString"}',
      '{"type":"assistant"}',
      '[1]',
    ];
    for (const line of [
      ...strange,
      '{"type":"item.completed","item":7}',
      '{"type":"user","message":{"content":[null]}}',
    ])
      expect(reader?.read(line)).toEqual([]);
    expect(reader?.exited?.(0)).toMatchObject([{ type: 'error', class: 'protocol' }]);
    // A crash is the runner's to tell, with the last words.
    expect(reader?.exited?.(139)).toEqual([]);
  });
});

function of<T extends HarnessEvent['type']>(events: HarnessEvent[], type: T) {
  return events.filter((event): event is Extract<HarnessEvent, { type: T }> => event.type === type);
}

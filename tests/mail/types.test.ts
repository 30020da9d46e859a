// Typed messages: what each type asks for, and that its text says the same as its fields.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isId } from '../../src/core/ids.ts';
import { checkFields, type Fields, schemaOf } from '../../src/mail/typed/check.ts';
import { type FieldName, vocabulary } from '../../src/mail/typed/fields.ts';
import { readTyped } from '../../src/mail/typed/legacy.ts';
import { renderBody, subjectOf } from '../../src/mail/typed/render.ts';
import { isSwarmType, type SwarmType, swarmTypes } from '../../src/mail/typed/types.ts';

const types = Object.keys(swarmTypes) as SwarmType[];
const fieldsOf = (type: SwarmType) => Object.keys(schemaOf(type).shape) as FieldName[];

const specials: Partial<Record<FieldName, unknown>> = {
  task: 'ol-1',
  attempt: 2,
  attempts: 0,
  grace: 30,
  context: 45,
  resume: true,
  approved: false,
  digest: `sha256:${'9f'.repeat(32)}`,
  commit: '0a1b2c3',
  checkpoint: 'f'.repeat(40),
  issue_type: 'STUCK',
  failure: 'TESTS_FAIL',
  checkpoint_reason: 'TIMEOUT',
  escape: 'NEEDS_OPERATOR',
  outcome: 'spawned',
};
function sample(field: FieldName): unknown {
  const tries = [specials[field], 'pass', '2026-09-01T10:00:00Z', 'One line', ['src/a.ts', 'src/b.ts']];
  return tries.find((each) => each !== undefined && vocabulary[field].schema.safeParse(each).success);
}
const samples = (names: readonly FieldName[]) => Object.fromEntries(names.map((each) => [each, sample(each)]));

function checked<T extends SwarmType>(type: T, fields: unknown): Fields<T> {
  const result = checkFields(type, fields);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.fields;
}

test('the table has the types of the swarm, each for those who may send it', () => {
  const by = (sender: string) => types.filter((each) => swarmTypes[each].sender === sender);
  expect(types).toHaveLength(37);
  expect(by('operator')).toEqual(['APPROVAL']);
  expect(by('lead-or-operator')).toEqual(
    expect.arrayContaining(['NUDGE', 'PAUSE', 'RESUME', 'TERMINATE', 'HANDOFF', 'TASK_ASSIGNED', 'RETRY_REQUIRED']),
  );
  expect(by('lead')).toEqual([
    ...['MERGED', 'MERGE_CONFLICT', 'LEASE_DENIED', 'LEASE_RELEASED', 'LEASE_EXPIRING', 'LEASE_FORCED'],
    ...['BOUNCE', 'EXPIRED', 'ACK_OVERDUE', 'AGENT_JOINED', 'AGENT_LEFT'],
  ]);
  const acks = types.flatMap((each) =>
    swarmTypes[each].ackSeconds === null ? [] : [[each, swarmTypes[each].ackSeconds]],
  );
  expect(acks).toEqual([
    ['OFFERING_READY', 300],
    ['SPAWN_REQUEST', 120],
    ['HELP_REQUEST', 120],
  ]);
  expect([isSwarmType('DONE'), isSwarmType('done'), isSwarmType('toString'), isSwarmType('NOTE')]).toEqual([
    ...[true, false, false, false],
  ]);
});

describe.each(types)('%s', (type) => {
  test('is taken with what it requires and with all it has, and told in the same fields', () => {
    for (const names of [swarmTypes[type].required, fieldsOf(type)]) {
      const fields = checked(type, samples(names));
      expect(fields).toMatchObject(samples(names));
      const message = { subject: subjectOf(type, fields), body: renderBody(type, fields) };
      expect(readTyped(message)).toEqual({
        type,
        task: (fields as { task?: string }).task ?? null,
        fields,
        warnings: [],
        problems: [],
      });
    }
  });

  test.each(swarmTypes[type].required)('is refused without %s, by name and with what to do', (missing) => {
    const { [missing]: _, ...rest } = samples(fieldsOf(type)) as Record<string, unknown>;
    const problem = expect.stringMatching(/^is missing: give .+; in a text it stands as ".+"$/);
    expect(checkFields(type, rest)).toEqual({ ok: false, problems: [{ field: missing, problem }] });
    const main = 'main' in swarmTypes[type] ? swarmTypes[type].main : undefined;
    const body = renderBody(type, rest as Fields<typeof type>);
    if (missing !== main || body === '') {
      expect(readTyped({ subject: type, body }).problems).toEqual([{ field: missing, problem }]);
    }
  });
});

describe('checkFields', () => {
  test('says what is wrong in plain words', () => {
    const wrong = {
      task: 'URGENT',
      attempt: 0,
      step: '',
      context: 45.5,
      files: ['a', 'b\nc'],
      colour: 'red',
      constructor: 1,
    };
    const known = 'use task, attempt, step, status, context, files';
    expect(checkFields('PROGRESS', wrong)).toEqual({
      ok: false,
      problems: [
        { field: 'task', problem: 'must be the id of a task, such as add-users or ol-1.2' },
        { field: 'attempt', problem: 'must be a whole number from 1 on' },
        { field: 'step', problem: 'must be text, 16 KiB at the most' },
        { field: 'context', problem: 'must be a whole number from 0 to 100' },
        {
          field: 'files',
          problem: 'must be a list of 256 texts at the most, each one line of text, 16 KiB at the most',
        },
        { field: 'colour', problem: `is not a field of PROGRESS: ${known}` },
        { field: 'constructor', problem: `is not a field of PROGRESS: ${known}` },
      ],
    });
    expect(checkFields('HELP_REQUEST', { ...samples(fieldsOf('HELP_REQUEST')), issue_type: 'LOST' })).toEqual({
      ok: false,
      problems: [{ field: 'issue_type', problem: 'must be one of STUCK, SPEC_UNCLEAR, BLOCKED, TECHNICAL' }],
    });
    expect(checkFields('PROGRESS', { step: 'x' })).toEqual({
      ok: false,
      problems: [
        {
          field: 'task',
          problem: 'is missing: give the id of a task, such as add-users or ol-1.2; in a text it stands as "Bead: …"',
        },
      ],
    });
  });

  test.each([null, undefined, 'text', 3, ['task']])('fields are an object, not %j', (fields) => {
    expect(checkFields('DONE', fields)).toEqual({
      ok: false,
      problems: [{ field: '', problem: 'fields must be an object of names and values' }],
    });
  });

  test('sizes are bounded in bytes and entries', () => {
    const done = (part: object) => checkFields('DONE', { task: 'ol-1', summary: 'x', ...part }).ok;
    expect(done({ summary: 'ä'.repeat(8_192), files: Array(256).fill('a'), tests_detail: 'x'.repeat(16_384) })).toBe(
      true,
    );
    expect(done({ summary: 'ä'.repeat(8_193) })).toBe(false);
    expect(done({ tests_detail: 'x'.repeat(16_385) })).toBe(false);
    expect(done({ files: Array(257).fill('a') })).toBe(false);
    expect(done({ files: ['x'.repeat(16_385)] })).toBe(false);
  });

  test('what is not reported is unreported, and texts come out with plain ends', () => {
    expect(checked('DONE', { task: 'ol-1', summary: '\r\n  a\r\nb \n\n', tests: 'fail', files: [' a '] })).toEqual({
      task: 'ol-1',
      summary: '  a\nb',
      tests: 'fail',
      lint: 'unreported',
      build: 'unreported',
      files: ['a'],
    });
  });
});

describe('the text', () => {
  test.each<[SwarmType, object, string]>([
    [
      'BEAD_ACCEPTED',
      { task: 'ol-1', title: 'Users', started: '2026-09-01T10:00:00Z' },
      'Accepted bead: ol-1\nTitle: Users\nStarting implementation at: 2026-09-01T10:00:00Z',
    ],
    [
      'PROGRESS',
      { task: 'ol-1', step: 'parser', status: 'going', context: 45, files: ['a.ts', 'b.ts'] },
      'Bead: ol-1\nStep: parser\nStatus: going\nContext usage: 45%\nFiles touched: a.ts, b.ts',
    ],
    [
      'HELP_REQUEST',
      {
        task: 'ol-1',
        issue_type: 'STUCK',
        problem: 'It hangs.',
        tried: 'Waiting',
        files: ['a.ts', 'b.ts'],
        question: 'Why?',
      },
      'Bead: ol-1\nIssue Type: STUCK\n\n## Problem\nIt hangs.\n\n## What I Tried\nWaiting\n\n## Files Touched\n- a.ts\n- b.ts\n\n## Question\nWhy?',
    ],
    [
      'OFFERING_READY',
      { task: 'ol-1', commit: '0a1b2c3', files: ['a.ts'], tests: 'pass', lint: 'fail', summary: 'It works.' },
      'Bead: ol-1\nStatus: DONE\n\n## Changes\n- Commit: 0a1b2c3\n- Files: a.ts\n\n## Self-Validation\n- Tests: PASS\n- Lint: FAIL\n- Build: UNREPORTED\n\n## Summary\nIt works.',
    ],
    [
      'FAILED',
      { task: 'ol-1', failure: 'TESTS_FAIL', reason: 'a\n\n  b', attempts: 3, recommendation: 'Split it.' },
      'Bead: ol-1\nStatus: FAILED\n\n## Failure\n- Type: TESTS_FAIL\n- Reason: a\n\n      b\n- Internal Attempts: 3\n\n## Recommendation\nSplit it.',
    ],
    [
      'CHECKPOINT',
      { task: 'ol-1', checkpoint_reason: 'CONTEXT_HIGH', commit: '0a1b2c3', context: 85, next_steps: 'Go on.' },
      'Bead: ol-1\nReason: CONTEXT_HIGH\n\n## Progress\n- Commit: 0a1b2c3\n- Context usage: 85%\n\n## Next Steps for Successor\nGo on.',
    ],
    [
      'SPAWN_REQUEST',
      { task: 'ol-1', resume: true, checkpoint: '0a1b2c3', orchestrator: 'crank-ol' },
      'Issue: ol-1\nResume: true\nCheckpoint: 0a1b2c3\nOrchestrator: crank-ol',
    ],
    [
      'SPAWN_ACK',
      { task: 'ol-1', outcome: 'spawned', session: 'demigod-ol-1' },
      'Issue: ol-1\nStatus: spawned\nSession: demigod-ol-1',
    ],
    [
      'QUESTION',
      { question: 'Which\n## port?', options: ['80', '8, or 9', '`x`'], default: '80' },
      'Default: 80\n\n## Question\nWhich\n\\## port?\n\n## Options\n- 80\n- 8, or 9\n- ``x``',
    ],
    ['NUDGE', {}, ''],
  ])('of %s', (type, fields, text) => {
    expect(renderBody(type, checked(type, fields))).toBe(text);
  });

  test.each<[SwarmType, object, string]>([
    ['DONE', { task: 'ol-1', summary: 'It works.\nAll of it.' }, '[ol-1] DONE: It works.'],
    ['QUESTION', { question: 'which port?' }, 'QUESTION: which port?'],
    ['QUESTION', { task: 'ol-1', question: 'am I done?' }, '[ol-1] QUESTION'],
    ['MERGED', { task: 'ol-1', commit: '0a1b2c3' }, '[ol-1] MERGED'],
    ['PAUSE', {}, 'PAUSE'],
    ['NUDGE', { reason: 'x'.repeat(100) }, `NUDGE: ${'x'.repeat(72)}…`],
    ['NUDGE', { reason: 'a\u202eb\tc' }, 'NUDGE: a·b c'],
  ])('the subject of %s %j', (type, fields, subject) => {
    expect(subjectOf(type, checked(type, fields))).toBe(subject);
  });

  test('reads back as the same fields, whatever they are', () => {
    const words = fc.oneof(
      fc.constantFrom(
        'none',
        '-',
        '`a`',
        '`',
        '**x**',
        '1. a',
        'a\u2028b',
        '* b',
        'a, b',
        'PASS',
        'Bead: x-9',
        '# a',
        '```',
        '~~~',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const rows = fc.oneof(
      words,
      fc.constantFrom(
        '## Summary',
        '# Top',
        '### Sub',
        '##',
        ' ## Problem ##',
        '#nothing',
        '\\## x',
        '\\\\# x',
        '    ## x',
      ),
      fc.constantFrom(
        '```',
        '```js',
        '````',
        '~~~',
        '~~~~ x',
        '``` a`b',
        '  ```',
        '\\```',
        '\\~~~',
        '    ```',
        '> ```',
      ),
      fc.constantFrom(
        'Bead: x-9',
        '- Tests: PASS',
        '**Reason:** y',
        '  - Files: q',
        'Files:',
        'Status: FAILED',
        '',
        ' ',
        '\t',
      ),
      fc.constantFrom('      deep', '- item', '  - nested', 'none', 'Äöü 🎉'),
    );
    const line = words.filter((each) => vocabulary.title.schema.safeParse(each).success);
    const prose = fc
      .array(rows, { minLength: 1, maxLength: 8 })
      .map((each) => each.join('\n'))
      .filter((each) => vocabulary.summary.schema.safeParse(each).success);
    const shapes = {
      task: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/).filter(isId),
      number: fc.integer({ min: 1, max: 100 }),
      flag: fc.boolean(),
      commit: fc.stringMatching(/^[0-9a-f]{7,64}$/),
      list: fc.array(line, { maxLength: 5 }),
      line,
      prose,
    };
    const arbitrary = (field: FieldName): fc.Arbitrary<unknown> => {
      const { schema } = vocabulary[field];
      const accepts = (value: unknown) => schema.safeParse(value).success;
      if (field === 'task') return shapes.task;
      if (accepts(7)) return shapes.number;
      if (accepts(true)) return shapes.flag;
      if (accepts(['x'])) return shapes.list;
      if (accepts('a\nb')) return shapes.prose;
      if (accepts('x')) return shapes.line;
      return accepts('0a1b2c3') ? shapes.commit : fc.constant(sample(field));
    };
    const message = fc.constantFrom(...types).chain((type) => {
      const required = swarmTypes[type].required as readonly FieldName[];
      const model = Object.fromEntries(fieldsOf(type).map((each) => [each, arbitrary(each)]));
      return fc.record(model, { requiredKeys: [...required] }).map((fields) => ({ type, fields }));
    });
    fc.assert(
      fc.property(message, ({ type, fields }) => {
        const valid = checked(type, fields);
        const read = readTyped({ subject: subjectOf(type, valid), body: renderBody(type, valid) });
        expect(read).toEqual({ type, task: fields.task ?? null, fields: valid, warnings: [], problems: [] });
        expect(checked(type, valid)).toEqual(valid);
      }),
      { numRuns: 3_000 },
    );
  });
});

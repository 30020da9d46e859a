// Messages written by hand, or by AgentOps: what its parser got wrong, ours does not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTyped } from '../../src/mail/typed/legacy.ts';

const read = (subject: string, body = '', more = {}) => readTyped({ subject, body, ...more });
const fields = (type: string, body: string) => read(`[ol-1] ${type}`, body).fields;

describe('the subject', () => {
  test.each<[string, string | null, string | null]>([
    ['DONE', 'DONE', null],
    ['[ol-1] DONE', 'DONE', 'ol-1'],
    ['ol-1: DONE', 'DONE', 'ol-1'],
    ['[ol-1] DONE: all of it', 'DONE', 'ol-1'],
    ['[ol-1] DONE - all of it', 'DONE', 'ol-1'],
    ['[ol-1]: DONE.', 'DONE', 'ol-1'],
    ['[ol-1]DONE', 'DONE', 'ol-1'],
    ['QUESTION: which port?', 'QUESTION', null],
    // Sentences are no types.
    ['Abandoned the old plan', null, null],
    ['Not done yet', null, null],
    ['work in progress', null, null],
    ['Done with lunch', null, null],
    ['[ol-1] done with half of it', null, 'ol-1'],
    ['[ol-1] Question about the port', null, 'ol-1'],
    ['DONENESS', null, null],
    ['DONE-ish', null, null],
    ['DONEé', null, null],
    ['UNDONE', null, null],
    ['Status: DONE', null, null],
    // In any case where it stands alone.
    ['[ol-1] done', 'DONE', 'ol-1'],
    ['ol-1: Help request', 'HELP_REQUEST', 'ol-1'],
    ['Done.', 'DONE', null],
    // The first word counts.
    ['[x-1] FAILED then DONE', 'FAILED', 'x-1'],
    ['[x-1] then DONE', null, 'x-1'],
    // An id is an id.
    ['[URGENT] DONE', 'DONE', null],
    ['[URGENT] [ol-1] DONE', 'DONE', 'ol-1'],
    ['URGENT: DONE', null, null],
    ['[../x] DONE', 'DONE', null],
    ['[] DONE', 'DONE', null],
    ['[ol-1 DONE', null, null],
    ['ag-p43-x.1: DONE', 'DONE', 'ag-p43-x.1'],
    [' [ol-1] DONE', 'DONE', 'ol-1'],
    ['[ ol-1 ] DONE', 'DONE', 'ol-1'],
    ['ol-1 : DONE', 'DONE', 'ol-1'],
    // An answer is not what it answers.
    ['Re: [ol-1] DONE', null, null],
    ['re: DONE', null, null],
    ['fwd: DONE', null, null],
    ['note: the port is 80', null, null],
    // Types that AgentOps uses and its parser does not know.
    ['[ol-1] ACCEPTED', 'BEAD_ACCEPTED', 'ol-1'],
    ['[ol-1] BEAD_ACCEPTED', 'BEAD_ACCEPTED', 'ol-1'],
    ['[ol-1] RETRY_REQUIRED', 'RETRY_REQUIRED', 'ol-1'],
    ['[ol-1] OFFERING_ACCEPTED', 'OFFERING_ACCEPTED', 'ol-1'],
    ['[ol-1] NUDGE', 'NUDGE', 'ol-1'],
    ['[ol-1] GUIDANCE', 'GUIDANCE', 'ol-1'],
    ['[ol-1] HELP_ROUTE', 'HELP_ROUTE', 'ol-1'],
    ['[ol-1] TERMINATE', 'TERMINATE', 'ol-1'],
    ['[ol-1] SCOPE-ESCAPE', 'SCOPE_ESCAPE', 'ol-1'],
    ['', null, null],
    ['[ol-1]', null, 'ol-1'],
    ['constructor', null, null],
  ])('%j', (subject, type, task) => {
    expect(read(subject)).toMatchObject({ type, task });
  });

  test('a task outside the grammar counts when it is known, and an unknown one in brackets is told', () => {
    const isTask = (id: string) => id === 'OL_1';
    expect(read('[OL_1] DONE', 'ok', { isTask })).toMatchObject({
      ...{ type: 'DONE', task: 'OL_1', problems: [], warnings: [] },
      fields: { task: 'OL_1', summary: 'ok' },
    });
    expect(read('OL_1: DONE', '', { isTask }).task).toBe('OL_1');
    expect(read('OL_1: hello', '', { isTask })).toMatchObject({ type: null, task: 'OL_1' });
    expect(read('DONE', 'Bead: OL_1', { isTask }).task).toBe('OL_1');
    expect(read('[OL_2] DONE', '', { isTask })).toMatchObject({
      task: null,
      warnings: ['[OL_2] in the subject is not a task id'],
    });
  });

  test('a header that names a type is believed before the subject; `note` says nothing', () => {
    expect(read('[ol-1] hello', '', { type: 'GUIDANCE' })).toMatchObject({ type: 'GUIDANCE', task: 'ol-1' });
    expect(read('[ol-1] DONE', '', { type: 'accepted' })).toMatchObject({
      type: 'BEAD_ACCEPTED',
      warnings: ['the header says BEAD_ACCEPTED, the subject DONE'],
    });
    expect(read('[ol-1] DONE', '', { type: 'note' }).type).toBe('DONE');
    expect(read('[ol-1] DONE', '', { type: null }).type).toBe('DONE');
    expect(read('[ol-1] DONE', 'x', { type: 'ABANDONED' })).toEqual({
      ...{ type: null, task: 'ol-1', fields: {}, problems: [] },
      warnings: ['"ABANDONED" is not a type that is known'],
    });
  });
});

describe('labels', () => {
  test.each<[string, string, object]>([
    ['DONE', 'Note: see Bead: x-9 first\nBead: ol-2', { task: 'ol-2' }],
    ['DONE', 'bead: ol-2', { task: 'ol-2' }],
    ['DONE', '- **Bead:** `ol-2`', { task: 'ol-2' }],
    ['DONE', '* __Bead__: ol-2 (users)', { task: 'ol-2' }],
    ['DONE', 'Task: ol-2.', { task: 'ol-2' }],
    ['SPAWN_REQUEST', 'Issue: ol-2\nResume: yes', { task: 'ol-2', resume: true }],
    ['SPAWN_REQUEST', 'Bead: ol-2\nResume: FALSE', { task: 'ol-2', resume: false }],
    ['DONE', '> Bead: x-9\n    Bead: x-8\n\tBead: x-7', { task: 'ol-1' }],
    ['DONE', '```\nBead: x-9\n## Summary\nno\n```\n## Summary\nyes', { task: 'ol-1', summary: 'yes' }],
    ['DONE', '~~~~ text\nBead: x-9\n~~~\nBead: x-8\n~~~~~\nBead: ol-2', { task: 'ol-2' }],
    ['DONE', '````\n```\nBead: x-9\n````\nBead: ol-2', { task: 'ol-2' }],
    ['DONE', '```js``` is code in a line\nBead: ol-2', { task: 'ol-2' }],
    ['DONE', 'Integration Tests: FAIL\nTests: PASS', { tests: 'pass' }],
    // Its own section first.
    ['DONE', 'Tests: FAIL\n## Self-Validation\n- Tests: PASS', { tests: 'pass' }],
    ['DONE', '## Notes\nTests: FAIL', { tests: 'fail' }],
    ['DONE', 'Commit: ABCDEF1 (main)', { commit: 'abcdef1' }],
    [
      'FAILED',
      '## Failure\n- Type: tests fail\n- Reason: a\n  b\n- Internal Attempts: 3 of 3',
      {
        ...{ failure: 'TESTS_FAIL', reason: 'a\nb', attempts: 3 },
      },
    ],
    [
      'HELP_REQUEST',
      '**Issue Type**: spec-unclear (which?)\nQuestion:\nWhich port?\nAnd why?\n\nBye',
      {
        ...{ issue_type: 'SPEC_UNCLEAR', question: 'Which port?\nAnd why?', problem: 'Bye' },
      },
    ],
    ['PROGRESS', 'issue_type: x\nstep: one\nCONTEXT: 7', { step: 'one', context: 7 }],
  ])('of %s in %j', (type, body, expected) => {
    expect(fields(type, body)).toMatchObject(expected);
  });

  test('a second one, a stranger in the body and a fence without an end are told', () => {
    expect(read('[ol-1] PROGRESS', 'Step: a\nStep: b\nBead: ol-2\n```\nStatus: c')).toMatchObject({
      ...{ task: 'ol-2', fields: { task: 'ol-2', step: 'a' }, problems: [] },
      warnings: [
        'step is there more than once: the first counts',
        'a code fence is never closed: all that follows it is code',
        'the body is about ol-2, the subject about ol-1: the body counts',
      ],
    });
    expect(read('[ol-1] PROGRESS', 'Step: a\nBead: THIS ONE')).toMatchObject({
      ...{ task: 'ol-1', problems: [], warnings: ['task: "THIS ONE" is not a task id'] },
    });
  });
});

describe('sections', () => {
  test.each<[string, string]>([
    ['## Problem\nuse C## here\n##x\n', 'use C## here\n##x'],
    ['## Problem\na\n### Sub\nb\n## Question\nq', 'a\n### Sub\nb'],
    ['### Problem\na\n#### Sub\nb\n### Question\nq', 'a\n#### Sub\nb'],
    ['# Help\n## Problem ##\na\n# Else\nb', 'a'],
    ['##   PROBLEM:\n\n\na\r\nb\r\n\r\n', 'a\nb'],
    ['## Else\nx\n### Problem\na\n### Other\nb', 'a'],
    ['## Problem\n```sh\n## Question\n```\nBead: x-9', '```sh\n## Question\n```\nBead: x-9'],
    ['## Problem\n\\## a\n\\\\# b\n\\``` c', '## a\n\\# b\n``` c'],
    ['Problem: in a line', 'in a line'],
    ['just text\n\nin paragraphs', 'just text\n\nin paragraphs'],
    ['## Problem\na\n## Problem\nb', 'a'],
    ['## Problem\n\n## Problem\nb', 'b'],
  ])('%j', (body, problem) => {
    const all = read('[ol-1] HELP_REQUEST', body);
    expect(all.fields).toMatchObject({ task: 'ol-1', problem });
  });

  test('text without labels is what the type is about', () => {
    expect(fields('HELP_RESPONSE', 'Bead: ol-1\n\nUse port 80.\n\n# Why\nQuestion: none')).toEqual({
      ...{ task: 'ol-1', answer: 'Use port 80.\n\n# Why\nQuestion: none' },
    });
    expect(fields('GUIDANCE', 'Stop that.')).toEqual({ task: 'ol-1', guidance: 'Stop that.' });
    expect(fields('DONE', 'Tests: PASS\n\nIt works.')).toMatchObject({ tests: 'pass', summary: 'It works.' });
  });
});

describe('values', () => {
  test.each<[string, string, string | undefined]>([
    ['PASS', 'pass', undefined],
    ['PASS (12)', 'pass', '12'],
    ['✅ PASS', 'pass', undefined],
    ['✅', 'pass', undefined],
    ['✔️ ok', 'pass', undefined],
    ['PASS.', 'pass', undefined],
    ['**pass**', 'pass', undefined],
    ['passed, 12 of 12', 'pass', '12 of 12'],
    ['Yes', 'pass', undefined],
    ['TRUE', 'pass', undefined],
    ['OK (all)', 'pass', 'all'],
    ['FAIL', 'fail', undefined],
    ['❌ FAILED: 3 of 12', 'fail', '3 of 12'],
    ['no', 'fail', undefined],
    ['unreported', 'unreported', undefined],
    ['UNREPORTED (no runner)', 'unreported', 'no runner'],
    ['not run', 'unreported', 'not run'],
    ['no failures', 'unreported', 'no failures'],
    ['PASS/FAIL', 'unreported', 'PASS/FAIL'],
    ['PASS or FAIL', 'unreported', 'PASS or FAIL'],
    ['FAIL → PASS', 'unreported', 'FAIL → PASS'],
    ['❌ PASS', 'unreported', '❌ PASS'],
    ['12 passed', 'unreported', '12 passed'],
    ['passable', 'unreported', 'passable'],
    ['constructor', 'unreported', 'constructor'],
    ['', 'unreported', undefined],
  ])('Tests: %s', (text, tests, detail) => {
    const read = fields('DONE', `Tests: ${text}`);
    expect([read.tests, read.tests_detail]).toEqual([tests, detail]);
  });

  test('a missing result is unreported, not failed', () => {
    expect(fields('DONE', 'Lint: FAIL')).toMatchObject({ tests: 'unreported', lint: 'fail', build: 'unreported' });
  });

  test.each<[string, number | undefined, string[]]>([
    ['45%', 45, []],
    ['45', 45, []],
    ['~45%', 45, []],
    ['45 %', 45, []],
    ['45.5%', 45, []],
    ['about 45% used', 45, []],
    ['90k of 200k (45%)', 45, []],
    ['40-45%', 45, []],
    ['145%', 100, ['context: 145% is read as 100%']],
    ['-5%', 0, ['context: -5% is read as 0%']],
    ['none', undefined, []],
  ])('Context usage: %s', (text, context, warnings) => {
    const all = read('[ol-1] PROGRESS', `Step: a\nContext usage: ${text}`);
    expect([all.fields.context, all.warnings, all.problems]).toEqual([context, warnings, []]);
  });

  test.each<[string, string[]]>([
    ['Files touched: a.ts, b.ts', ['a.ts', 'b.ts']],
    ['Files touched: `a.ts`,`b.ts`,', ['a.ts', 'b.ts']],
    ['Files touched: a.ts', ['a.ts']],
    ['Files touched:\n- a.ts\n* b.ts\n1. c.ts\n\nText', ['a.ts', 'b.ts', 'c.ts']],
    ['- Files:\n  - a.ts\n  - b.ts\n- Status: x', ['a.ts', 'b.ts']],
    ['## Files Touched\n- a.ts\n- a long\n  one', ['a.ts', 'a long one']],
    ['## Files\n```\na.ts\nb.ts\n```', ['a.ts', 'b.ts']],
    ['Files touched: none', []],
    ['## Files Touched\n(none)', []],
  ])('%j', (body, files) => {
    expect(read('[ol-1] PROGRESS', `Step: a\n${body}`)).toMatchObject({ fields: { files }, problems: [] });
  });

  test('what is missing or cannot be read is listed, and is no field', () => {
    const body = 'Type: LOST\nInternal Attempts: many\nCommit: soon';
    const all = read('FAILED', body);
    expect(all.problems.map((each) => each.field).sort()).toEqual(['attempts', 'commit', 'failure', 'reason', 'task']);
    expect(all.problems).toContainEqual({ field: 'commit', problem: 'must be a commit, in 7 to 64 hex digits' });
    expect(all).toMatchObject({ type: 'FAILED', task: null, fields: {} });
  });
});

describe('any text', () => {
  test('is read without an error', () => {
    const rows = fc.constantFrom(
      '## Summary',
      '```',
      '~~~',
      'Bead: x',
      '- Tests: ',
      'Files:',
      '    x',
      '',
      '\\## y',
      '- ',
      ':',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(rows).map((each) => each.join('\n')),
    );
    fc.assert(
      fc.property(text, text, fc.option(text), (subject, body, type) => {
        readTyped({ subject, body, type });
        readTyped({ subject: '[ol-1] FAILED', body });
        readTyped({ subject: '[ol-1] DONE', body });
      }),
    );
  });

  // In quadratic time each of these takes hours.
  test.each([
    ...['\n', ' ', '`', '# ', '\r', '*', '['].map((each) => ['', each, 'x']),
    ...['```a\n', 'Bead: x\n', '## Summary\n', 'Reason:\n\n'].map((each) => ['', each, 'x']),
    ...['a,', ' '].map((each) => ['Files: ', each, 'x']),
    ...['- a\n', 'a\n', '\n', '\n    a\n'].map((each) => ['Files:\n', each, 'x']),
    ...['✅', ' ', '('].map((each) => ['Tests: ', each, 'x']),
    ...['1', ' '].map((each) => ['Context usage: ', each, 'x']),
    ...[' \n', '\\', '\\## x\n'].map((each) => ['## Summary\n', each, 'x']),
  ])('of 4 MiB is read in linear time: %j %j', (before = '', unit = '', after = '') => {
    const body = before + unit.repeat((4 << 20) / unit.length) + after;
    for (const type of ['DONE', 'PROGRESS']) {
      expect(readTyped({ subject: `[ol-1] ${type}`, body }).task).not.toBe(null);
    }
    expect(readTyped({ subject: body, body: '', type: body })).toMatchObject({ type: null });
  });
});

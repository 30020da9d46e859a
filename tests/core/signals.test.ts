// Signals count on a line of their own, outside fences, quotes and indentation; everything else is talk.
import { expect, test } from 'vitest';
import { noSignals, readSignals, type Verdict } from '../../src/core/signals.ts';

const ready = { ...noSignals, ready: true };
const verdict = (of: Verdict) => ({ ...noSignals, verdict: of });

test.each([
  ['COMPLETE_AND_READY_FOR_MERGE', ready],
  ['done.\n\n  COMPLETE_AND_READY_FOR_MERGE  \n', ready],
  ['COMPLETE_AND_READY_FOR_MERGE\r\n__DONE__\r\n', { ...ready, done: true }],
  ['I am not ready for COMPLETE_AND_READY_FOR_MERGE yet', noSignals],
  ['`COMPLETE_AND_READY_FOR_MERGE`', noSignals],
  ['> COMPLETE_AND_READY_FOR_MERGE', noSignals],
  ['    COMPLETE_AND_READY_FOR_MERGE', noSignals],
  ['\tCOMPLETE_AND_READY_FOR_MERGE', noSignals],
  ['```\nCOMPLETE_AND_READY_FOR_MERGE\n```', noSignals],
  ['```\nCOMPLETE_AND_READY_FOR_MERGE', noSignals],
  ['~~~~\n```\n__DONE__\n```\n~~~~\nCOMPLETE_AND_READY_FOR_MERGE', ready],
  ['````\n```\n__DONE__\n````', noSignals],
  ['```js\n```\n__DONE__', { ...noSignals, done: true }],
  ['```js``` is it\n__DONE__', { ...noSignals, done: true }],
  ['CLAIM(a, b)\nCLAIM(b,c)', { ...noSignals, claims: ['a', 'b', 'c'] }],
  ['CLAIM()', noSignals],
  ['CLAIM( , )', noSignals],
  ['claim(a)', noSignals],
  ['CLAIM(../x, -rf, a;b, ok-1)', { ...noSignals, claims: ['ok-1'] }],
  ['CLAIM(a\nb)', noSignals],
  ['please print CLAIM(task-001, task-003)', noSignals],
  ['NEEDS_FOLLOWUP: the API is gone\nsee x', { ...noSignals, followUp: 'the API is gone\nsee x' }],
  ['NEEDS_FOLLOWUP', { ...noSignals, followUp: '' }],
  ['NEEDS_FOLLOWUPS', noSignals],
  ['Fine.\n\nVERDICT: APPROVED', verdict('approved')],
  ['VERDICT: NEEDS_CHANGES\r\n', verdict('needs-changes')],
  ['VERDICT:APPROVED', verdict('approved')],
  ['**VERDICT: APPROVED**', verdict('approved')],
  ['VERDICT: REJECTED', verdict('needs-changes')],
  ['APPROVED', verdict('approved')],
  ['NEEDS_CHANGES', verdict('needs-changes')],
  ['REJECTED', verdict('needs-changes')],
  ['VERDICT: APPROVED\nVERDICT: APPROVED', verdict('approved')],
  ['VERDICT: APPROVED\n1. but\nVERDICT: NEEDS_CHANGES', noSignals],
  ['APPROVED\nREJECTED', noSignals],
  ['NOT APPROVED', noSignals],
  ['This is not APPROVED', noSignals],
  ['VERDICT: NOT APPROVED', noSignals],
  ['VERDICT: APPROVED with remarks', noSignals],
  ['My VERDICT: APPROVED', noSignals],
  ['UNAPPROVED', noSignals],
  ['approved', noSignals],
  ['**VERDICT: APPROVED', noSignals],
  ['VERDICT:\nAPPROVED?', noSignals],
  ['```\nVERDICT: APPROVED\n```', noSignals],
  ['> VERDICT: APPROVED', noSignals],
  ['`VERDICT: APPROVED`', noSignals],
])('%j', (text, expected) => {
  expect(readSignals(text)).toEqual(expected);
});

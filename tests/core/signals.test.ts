// Signals count on a line of their own, outside fences, quotes and indentation; everything else is talk.
import { expect, test } from 'vitest';
import { noSignals, readSignals } from '../../src/core/signals.ts';

const ready = { ...noSignals, ready: true };

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
])('%j', (text, expected) => {
  expect(readSignals(text)).toEqual(expected);
});

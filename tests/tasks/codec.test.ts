import { toEDNString } from 'edn-data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotate, appendAttempt, parseTask } from '../../src/tasks/codec.ts';
import { readDocument, valueAt } from '../../src/tasks/document.ts';

const done = { 'completed-by': 'w0', 'review-rounds': 2 };
const attempt = (reason: string) => ({ by: 'w1', at: '2026-01-01T00:00:00Z', reason, feedback: null });

describe('parseTask', () => {
  it.each([
    ['a.json', '{"id":"x-1","summary":"Do it","priority":2,"dependencies":["a","b"],"files":["./f","f"],"note":["n"]}'],
    [
      'a.json',
      '\ufeff{"id":"x-1","title":"Do it","priority":"P2","depends_on":["a","b","a"],"files":["./f","f"],"note":["n"]}',
    ],
    [
      'x-1.json',
      '{"description":"\\n Do it \\nand more","priority":"2","blockedBy":["a"],"dependsOn":"b","files":["./f","f"],"note":["n"]}',
    ],
    [
      'a.edn',
      '{:id "x-1" :summary "Do it" :priority 2 :dependencies ["a" "b"] :manifest ["f/"] :files "f" :note ["n"]}',
    ],
    [
      'a.edn',
      '; first\n#_{:id "no"} {:id :x-1, :title "Do it" :priority :p2 :depends-on #{:a :b} :manifest ["f/"] :files "f" :note ["n"]} {:id "second"}',
    ],
    [
      'x-1.edn',
      '{:description "Do it\nand more" :priority "P2" :blocked-by (a b) :manifest ["f/"] :files "f" :note ["n"] :id nil}',
    ],
    [
      'a.edn',
      '{"id" "x-1" "summary" "Do \\u0069t" "priority" "2" "depends_on" [a] :blocked-by b :manifest ["f/"] :files "f" :note ["n"] #_ #_ :x 1}',
    ],
  ])('reads %s %s', (file, text) => {
    const { dependsOn, files, ...task } = parseTask(text, file);
    expect(files).toEqual(file.endsWith('.json') ? ['f'] : ['f', 'f/**']);
    expect(task).toEqual({ id: 'x-1', summary: 'Do it', priority: 2 });
    expect(dependsOn.toSorted()).toEqual(['a', 'b']);
  });

  it('takes the file name for the id and the id for the summary', () => {
    expect(parseTask('{}', 'some-task.edn')).toMatchObject({
      id: 'some-task',
      summary: 'some-task',
      priority: null,
      dependsOn: [],
    });
    expect(parseTask('{"id": 12}', 'x.json')).toMatchObject({ id: '12', summary: '12' });
    expect(parseTask('{"id": "a", "priority": "high"}', 'x.json').priority).toBeNull();
  });

  it('cleans the summary and keeps it short', () => {
    const hostile = JSON.stringify({
      id: 'a',
      summary: `\u001b]52;c;eA==\u0007red \u001b[31m\u202e${'x'.repeat(999)}`,
    });
    const { summary } = parseTask(hostile, 'a.json');
    expect(summary).toMatch(/^red ·x+…$/);
    expect(summary.length).toBeLessThanOrEqual(301);
  });

  it.each([
    ['a.json', '{"id": "a",\n "summary": }', /^line 2, column 13: unexpected '}'$/],
    ['a.json', '[1]', /expected a map/],
    ['a.json', '{"id": "a", "id": "b"}', /line 1, column 13: the key id stands twice/],
    ['a.json', '', /unexpected end of file/],
    ['a.edn', '', /the file is empty/],
    ['a.edn', '; nothing here', /the file is empty/],
    ['a.edn', '{:id "a"\n :tags [1 2}', /^line 2, column 12: unexpected }/],
    ['a.edn', '{:id "a"\n :tags #{1 2', /^line 2, column 8: #\{ is never closed/],
    ['a.edn', '{:id "a\n :x 1}', /^line 1, column 6: the string is never closed/],
    ['a.edn', '{:id "a" :x}', /^line 1, column 10: a key without a value/],
    ['a.edn', '{:id "a" :x #inst}', /line 1, column 18: unexpected }/],
    ['a.edn', '#task', /line 1, column 1: nothing follows/],
    ['a.edn', '[:id "a"]', /expected a map/],
    ['a.edn', `${'['.repeat(100_000)}`, /nested too deeply/],
    ['a.edn', '{:id "Not An Id"}', /the id "Not An Id" is not usable/],
    ['a.edn', '{:id "../x"}', /is not usable/],
    ['a.json', '{"id": "a", "depends_on": ["b", {"c": 1}]}', /the dependency \{"c":1\} is not usable/],
    ['a.json', '{"files": ["src", 3]}', /the file 3 is not usable: write a path/],
    ['a.edn', '{:files ["../x"]}', /the file "\.\.\/x" leads out of the repository/],
    ['Big.json', '{}', /the id "Big" is not usable/],
  ])('refuses %s %j with a reason', (file, text, reason) => {
    expect(() => parseTask(text, file)).toThrow(reason);
  });
});

describe('annotating', () => {
  const both = (text: string, file: string) =>
    appendAttempt(appendAttempt(annotate(text, file, done), file, attempt('one "1"\n')), file, attempt('two'));

  it('keeps EDN as it was written: comments, tags, sets, symbols, and how it is laid out', () => {
    const text = `;; a task
{:id "x" ; the id
 :summary "do {it}" , :tags #{:a b \\} } #_ {:gone 1}
 :when #inst "2024-01-01T00:00:00Z"
 :depends-on [:a "b"] ; what comes first
 }
{:id "second"}
`;
    expect(both(text, 'x.edn')).toBe(
      text.replace(
        '; what comes first\n',
        `; what comes first
 :completed-by "w0"
 :review-rounds 2
 :attempts [{:by "w1" :at "2026-01-01T00:00:00Z" :reason "one \\"1\\"\\n" :feedback nil} {:by "w1" :at "2026-01-01T00:00:00Z" :reason "two" :feedback nil}]
`,
      ),
    );
  });

  it.each([
    ['{:id "x"}', '{:id "x" :completed-by "w0" :review-rounds 2}'],
    ['{}', '{:completed-by "w0" :review-rounds 2}'],
    ['{ ; empty\n}', '{ ; empty\n :completed-by "w0"\n :review-rounds 2\n}'],
    ['{:id "x" ; c\n}', '{:id "x" ; c\n :completed-by "w0"\n :review-rounds 2\n}'],
    ['{:a 1 #_:b}', '{:a 1 #_:b\n :completed-by "w0"\n :review-rounds 2}'],
    ['{:a 1\r\n :b 2}\r\n', '{:a 1\r\n :b 2\r\n :completed-by "w0"\r\n :review-rounds 2}\r\n'],
    ['{:completed-by nil :b_c 1}', '{:completed-by "w0" :b_c 1 :review-rounds 2}'],
    ['{:under_score 1}', '{:under_score 1 :completed_by "w0" :review_rounds 2}'],
  ])('EDN %j', (text, expected) => {
    expect(annotate(text, 'x.edn', done)).toBe(expected);
  });

  it.each([
    ['{"id":"x"}', '{"id":"x", "completed-by":"w0", "review-rounds":2}'],
    ['{}', '{"completed-by": "w0", "review-rounds": 2}'],
    [
      '{\n\t"id": "x",\n\t"n_n": 12345678901234567890,\n\t"2": [1,  2.0]\n}\n',
      '{\n\t"id": "x",\n\t"n_n": 12345678901234567890,\n\t"2": [1,  2.0],\n\t"completed_by": "w0",\n\t"review_rounds": 2\n}\n',
    ],
    ['{\n  "dependsOn": [\n  ]\n}', '{\n  "dependsOn": [\n  ],\n  "completedBy": "w0",\n  "reviewRounds": 2\n}'],
  ])('JSON %j', (text, expected) => {
    expect(annotate(text, 'x.json', done)).toBe(expected);
  });

  it('does not add the same attempt twice, and leaves a key of another meaning alone', () => {
    const once = appendAttempt('{"id": "x", "attempts": 3}', 'x.json', attempt('a'));
    expect(JSON.parse(once)).toEqual({ id: 'x', attempts: 3, 'oompa-attempts': [attempt('a')] });
    expect(appendAttempt(once, 'x.json', attempt('a'))).toBe(once);
    const twice = appendAttempt(once, 'x.json', attempt('b'));
    expect(JSON.parse(twice)['oompa-attempts']).toEqual([attempt('a'), attempt('b')]);
    expect(annotate(annotate('{:a 1}', 'x.edn', done), 'x.edn', done)).toBe(annotate('{:a 1}', 'x.edn', done));
  });
});

// No word that a task file gives a meaning to, and no style that annotations would follow.
const key = fc.stringMatching(/^[xyz][a-z0-9*!?$%&=<>]{0,8}$/);
const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });

it('property: any JSON task keeps every other key, in order, exactly', () => {
  const spacing = fc.constantFrom(undefined, 1, 2, 4, '\t');
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), spacing, anyText, (value, indent, reason) => {
      const text = JSON.stringify(value, null, indent);
      const after = appendAttempt(annotate(text, 'x.json', done), 'x.json', attempt(reason));
      const list = Array.isArray(value.attempts) ? value.attempts : [];
      expect(JSON.parse(after)).toEqual({ ...JSON.parse(text), ...done, attempts: [...list, attempt(reason)] });
      expect(after.startsWith(text.trimEnd().slice(0, -1).trimEnd())).toBe(true);
    }),
  );
});

type Edn = Parameters<typeof toEDNString>[0];
const edn = fc.letrec<{ value: Edn }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    anyText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    key.map((each) => ({ key: each })),
    key.map((each) => ({ sym: `s/${each}` })),
    fc.constantFrom('a', '{', '"', ';', '\\').map((char) => ({ char })),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }).map((list) => ({ list })),
    fc.array(tie('value'), { maxLength: 3 }).map((set) => ({ set })),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((map) => ({ map })),
    fc.tuple(key, tie('value')).map(([tag, val]) => ({ tag: `my/${tag}`, val })),
  ) as fc.Arbitrary<Edn>,
})).value;

it('property: any EDN task keeps the text of every entry, comments and gaps included', () => {
  const gap = fc.constantFrom(' ', '\n', '\n   ', ', ', ' ; a } comment\n', ' #_{:x "}"} ', '\r\n\t');
  const entries = fc.uniqueArray(fc.tuple(key, edn, gap, gap), { selector: ([name]) => name, maxLength: 5 });
  fc.assert(
    fc.property(entries, anyText, (parts, reason) => {
      const inside = parts.map(([name, value, one, two]) => `:${name}${one}${toEDNString(value)}${two}`).join('');
      const text = `; task\n{${inside}}\n{:other 1}`;
      const after = appendAttempt(annotate(text, 'x.edn', done), 'x.edn', attempt(reason));
      expect(after.startsWith(`; task\n{${inside}`.replace(/[\s,]+$/, ''))).toBe(true);
      expect(after.endsWith('}\n{:other 1}')).toBe(true);
      const document = readDocument(after, 'edn');
      const sources = document.entries.map(({ name, value }) => [name, after.slice(value.start, value.end)]);
      expect(sources.slice(0, parts.length)).toEqual(parts.map(([name, value]) => [name, toEDNString(value)]));
      expect(sources.slice(parts.length, -1)).toEqual([
        ['completed-by', '"w0"'],
        ['review-rounds', '2'],
      ]);
      expect(valueAt(readDocument(after, 'edn'), 'attempts')).toEqual([attempt(reason)]);
    }),
  );
});

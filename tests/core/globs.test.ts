// Patterns of paths: what two of them have in common, against a table and against every path over a small alphabet.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparable, matches, normalise, overlaps } from '../../src/core/globs.ts';

const meets = (a: string, b: string, fold = false) => overlaps(normalise(a, { fold }), normalise(b, { fold }));

const overlap = `src/*.ts ~ src/a* · a/*/c ~ a/b/* · src/a[12].ts ~ src/a?.ts · src/foo* ~ src/*bar · src/**/x.ts ~ src/a/**
  · src/a.ts ~ src · src/a.ts ~ src/ · ./src/a.ts ~ src/a.ts · src//a.ts ~ src/a.ts · src/../src/a.ts ~ src/a.ts
  · #x ~ #x · !x ~ !x · ** ~ anything/at/all · **/test.ts ~ src/x/test.ts · a/**/b/**/c ~ a/x/b/y/c
  · src/ ~ src/x/y.ts · src/** ~ src · a/*/ ~ a/b/c · *.md ~ README.md · **/*.md ~ README.md
  · src\\a.ts ~ src/a.ts · app/[id]/page.ts ~ app/[id] · app/[id]/*.[jt]s ~ app/[id]/x.ts · ☃*.md ~ ☃😀.md · a[]b]c ~ a]c
  · caf\u00e9 ~ cafe\u0301 · . ~ x/y · [z-a] ~ [z-a]`;
const none = `src/*.ts ~ src/*.js · src/a[12].ts ~ src/a[34].ts · src/a[!1].ts ~ src/a1.ts · lib/utils.py ~ utils.py
  · src/ab ~ src/abc · src/a* ~ lib/a* · src/ ~ srcx/y.ts · **/test.ts ~ src/x/best.ts · src/*.ts ~ src/deep/a.ts
  · docs/** ~ src/** · *.md ~ docs/README.md · a/* ~ a/b/c · a/**/b ~ a/c · src/A.ts ~ src/a.ts · ?.md ~ ab.md · ? ~ 😀😀`;
const pairs = (text: string) => text.split('·').map((pair) => pair.trim().split(' ~ ') as [string, string]);

describe('the table', () => {
  test.each(pairs(overlap))('%s overlaps %s', (a, b) => {
    expect([meets(a, b), meets(b, a)]).toEqual([true, true]);
  });
  test.each(pairs(none))('%s does not overlap %s', (a, b) => {
    expect([meets(a, b), meets(b, a)]).toEqual([false, false]);
  });
  test('on a disk that does not tell cases apart, names of another case are the same file', () => {
    expect(meets('src/A.ts', 'src/a.ts', true)).toBe(true);
    expect(matches(normalise('SRC/*.TS', { fold: true }), comparable('Src/A.ts', true))).toBe(true);
  });
});

test('what is no pattern of this repository is refused, with the reason', () => {
  const refused: [string, RegExp][] = [
    ['', /empty/],
    ['/etc/passwd', /absolute/],
    ['C:\\x', /absolute/],
    ['\\\\host\\share', /absolute/],
    ['../x', /out of the repository/],
    ['src/../../x', /out of the repository/],
    ['src/*/../x', /goes up again/],
    ['a\0b', /control character/],
    ['a\nb', /control character/],
    ['x'.repeat(1_025), /longer than/],
    ['src/{a,b}.ts', /braces/],
  ];
  for (const [pattern, why] of refused) expect(() => normalise(pattern)).toThrow(why);
});

const name = fc.constantFrom('a', 'b', 'ab', 'a*', '*b', '?', '*', '**', '[ab]', '[!a]', '[a', 'b?*', '[ab]*');
const patternOf = (maxLength: number) =>
  fc
    .tuple(fc.array(name, { minLength: 1, maxLength }), fc.constantFrom('', '/'))
    .map(([names, end]) => normalise(names.join('/') + end));

/** Every path of at most three names of at most two characters. */
const names = ['a', 'b', '[', 'c']
  .flatMap((x) => [x, ...['a', 'b', 'c', ']'].map((y) => x + y)])
  .concat('[ab]', '[!a]');
const below = (all: string[]) => all.flatMap((path) => names.map((each) => `${path}/${each}`));
const paths = [names, below(names), below(below(names))].flat();

/** What a pattern means, as a regular expression that somebody else's engine runs. */
function meaning(text: string): RegExp {
  const one = (segment: string) => {
    const tail = segment.replace(/\*+|\?|[.\\^$+|(){}]/g, (x) =>
      x === '?' ? '[^/]' : x[0] === '*' ? '[^/]*' : `\\${x}`,
    );
    const glob = tail.replace(/\[(?![^\]]*\])/g, '\\[').replaceAll('[!', '[^/');
    const literal = segment.replace(/\*|\?|\W/g, (x) => (x === '?' ? '[^/]' : x === '*' ? '[^/]*' : `\\${x}`));
    return `(?:${segment.includes('[') ? `${glob}|${literal}` : glob})`;
  };
  const source = text
    .split('/')
    .map((segment) => (segment === '**' ? '(?:[^/]+/)*' : `${one(segment)}/`))
    .join('');
  return new RegExp(`^${source}$`);
}

const isFolderOf = (a: string, b: string) => !/[*?]/.test(a) && b.startsWith(`${a}/`);

test('a path matches exactly the patterns that a regular expression says', () => {
  const some = fc.constantFrom(...paths);
  fc.assert(
    fc.property(patternOf(3), some, (text, path) => {
      expect(matches(text, path)).toBe(isFolderOf(text, path) || meaning(text).test(`${path}/`));
    }),
    { numRuns: 5_000 },
  );
});

test('two patterns overlap exactly when a path matches both', () => {
  fc.assert(
    fc.property(patternOf(2), patternOf(2), (a, b) => {
      const [one, other] = [meaning(a), meaning(b)];
      // Two patterns of two names meet, if at all, in a path of three at the most.
      const found =
        isFolderOf(a, b) || isFolderOf(b, a) || paths.some((path) => one.test(`${path}/`) && other.test(`${path}/`));
      expect(overlaps(a, b), `${a} ~ ${b}`).toBe(found);
      expect(overlaps(b, a)).toBe(found);
    }),
    { numRuns: 300 },
  );
});

test('normalising twice changes nothing', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '/', '.', '*', '\\', '[', ']', 'É', 'e\u0301', '?') }),
      (text) => {
        let once: string;
        try {
          once = normalise(text);
        } catch {
          return;
        }
        expect(normalise(once)).toBe(once);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('hostile patterns take no longer than their length allows', () => {
  const stars = 'a*'.repeat(500);
  const hostile: [string, string][] = [
    [stars, `${stars}b`],
    [`${'?*'.repeat(500)}x`, `${'*a'.repeat(500)}y`],
    [`${'**/a/'.repeat(200)}x`, `${'a/**/'.repeat(200)}y`],
    ['**/'.repeat(340), `${'**/'.repeat(300)}x`],
    [`${'[a-z]*'.repeat(150)}1`, `${'*[!a]'.repeat(200)}2`],
  ];
  const begun = performance.now();
  for (const [a, b] of hostile) meets(a, b);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

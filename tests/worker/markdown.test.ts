// Markdown as rows of a terminal: what each kind of block becomes, in what pieces it is cut, and that nothing else comes through.
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clean } from '../../src/core/clean.ts';
import { renderMarkdown } from '../../src/worker/markdown.ts';
import { createMarkdownBlocks } from '../../src/worker/markdown-blocks.ts';
import { hostileTexts } from '../helpers/grammar.ts';

const plain = (text: string, columns: number | null = null) => renderMarkdown(text, { colour: false, columns });
const colour = (text: string) => renderMarkdown(text, { colour: true, columns: null });

test.each([
  ['heading', '## A *title*', '## A title'],
  ['line breaks stay', 'one\ntwo  \nthree', 'one\ntwo\nthree'],
  ['signals keep their lines', 'Done.\nCLAIM(a_b)\n__DONE__', 'Done.\nCLAIM(a_b)\n__DONE__'],
  ['emphasis and code', '**a** _b_ ~~c~~ `d e` f_g_h 2 * 3 * 4', 'a b c `d e` f_g_h 2 * 3 * 4'],
  ['escapes and entities are left alone', '\\*a\\* &lt;b&gt;', '*a* &lt;b&gt;'],
  [
    'link',
    'see [the docs](https://d.example/a) and <https://e.example>',
    'see the docs (https://d.example/a) and https://e.example',
  ],
  ['image', '![alt](a.png)', 'alt (a.png)'],
  ['fence', 'x\n```ts\nif (a) {\n  b();\n\n}\n```\ny', 'x\n  if (a) {\n    b();\n\n  }\ny'],
  ['fence that does not end', '```\n# no', '  # no'],
  ['list', '- a\n- b\n  more\n  - c\n- [x] d', '- a\n- b\n  more\n  - c\n- [x] d'],
  ['numbers go on', '3. a\n\n   b\n4. c', '3. a\n\n   b\n\n4. c'],
  ['quote', '> a\n> > b\n>\n> - c', '| a\n| | b\n|\n| - c'],
  ['rule', 'a\n\n***', 'a\n\n--------------------'],
  ['html', '<b>a</b>\n\n<div>\nx\n</div>', '<b>a</b>\n\n<div>\nx\n</div>'],
  ['blank lines once', 'a\n\n\n\nb', 'a\n\nb'],
])('%s', (_, text, rows) => {
  expect(plain(text)).toBe(rows);
});

test('a table stands in line, wide characters counted; where it does not fit, each row is a list', () => {
  const text = '| Name | 数 | n |\n|---|:-:|--:|\n| `a` | 你好吗 | 1 |\n| bcd | x | 22 |';
  expect(plain(text)).toBe('Name    数     n\n----  ------  --\n`a`   你好吗   1\nbcd     x     22');
  expect(plain(text, 16)).toBe(plain(text));
  expect(plain(text, 15)).toBe('Name: `a`\n数: 你好吗\nn: 1\n\nName: bcd\n数: x\nn: 22');
});

test('colour is closed on its line and says nothing that is not there without', () => {
  const text = '# T\n\n**bold\nover** `code` [a](b)\n\n```diff\n+new\n-old\n```\n\n| a |\n|---|\n| **b** |';
  expect(stripVTControlCharacters(colour(text))).toBe(plain(text));
  expect(colour(text)).toContain('\u001b[1mbold\u001b[22m\n\u001b[1mover\u001b[22m \u001b[36m`code`\u001b[39m');
  expect(colour(text)).toContain('  \u001b[32m+new\u001b[39m\n  \u001b[31m-old\u001b[39m');
});

test.each([
  ['quotes', '> '.repeat(4_000)],
  ['lists', '1. '.repeat(2_700)],
])('thousands of levels of %s come back as they are', (_, text) => {
  expect(plain(`${text}a`)).toBe(`${text}a`);
});

test.each([...hostileTexts, '&#x1b;[2J&#155;2J&#x202e;&#8203;'])(
  'hostile text %j: only colour of ours comes out',
  (text) => {
    for (const form of [
      text,
      `# ${text}`,
      `- ${text}`,
      `\`${text}\``,
      `| a |\n|---|\n| ${text} |`,
      `[${text}](${text})`,
    ]) {
      const drawn = clean(colour(clean(form, { lines: true })), { colour: true, lines: true });
      expect(drawn.replace(/\u001b\[\d{1,2}m/g, '')).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b]/,
      );
    }
  },
);

const cut = (texts: readonly string[], longest?: number) => {
  const blocks = createMarkdownBlocks(longest);
  return [...texts.flatMap((text) => blocks.add(text)), ...blocks.end()];
};

test('blocks are given as soon as they are complete', () => {
  const blocks = createMarkdownBlocks();
  expect(blocks.add('a\nb')).toEqual([]);
  expect(blocks.add('')).toEqual([]);
  expect(blocks.add('- c')).toEqual(['a\nb\n\n']);
  expect(blocks.add('\n  still c')).toEqual([]);
  expect(blocks.add('```js')).toEqual(['- c\n\n  still c\n']);
  expect(blocks.add('x\n\ny')).toEqual([]);
  expect(blocks.add('```')).toEqual(['```js\nx\n\ny\n```\n']);
  expect(blocks.add('last')).toEqual([]);
  expect(blocks.end()).toEqual(['last\n']);
  expect(blocks.end()).toEqual([]);
});

test('a block that grows too long is cut, and a fence is one again after the cut', () => {
  expect(cut(['~~~\naaaa\nbbbb\ncccc\n~~~\nd'], 8)).toEqual([
    '~~~\naaaa\n',
    '~~~\nbbbb\n',
    '~~~\ncccc\n',
    '~~~\n~~~\n',
    'd\n',
  ]);
});

test('no line is lost, in whatever pieces they come', () => {
  const line = fc.constantFrom('a', '', '- b', '  c', '```', '~~~', '> d', '| e |', '# f', '    g');
  fc.assert(
    fc.property(fc.array(fc.array(line, { minLength: 1 }), { minLength: 1 }), (pieces) => {
      const lines = pieces.flat();
      expect(cut(pieces.map((piece) => piece.join('\n'))).join('')).toBe(`${lines.join('\n')}\n`);
    }),
  );
});

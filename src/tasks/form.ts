// Where things stand in a text of EDN or JSON: spans of nested forms, nothing of their meaning. So a file can be edited in place.
import { SyntaxProblem } from '../disk/json.ts';

export type Syntax = 'edn' | 'json';

/** One form: `text.slice(start, end)`. A tagged form is a leaf that spans tag and value. */
export interface Form {
  start: number;
  end: number;
  /** How it opens; empty for a leaf. */
  open: '' | '{' | '#{' | '[' | '(';
  children: Form[];
}

const closers: Readonly<Record<string, string>> = { '{': '}', '#{': '}', '[': ']', '(': ')' };
const deepest = 500;

const tokens: Readonly<Record<Syntax, RegExp>> = {
  edn: new RegExp(
    [
      /(?<space>[\s,]+|;[^\n]*)/,
      /(?<leaf>"[^"\\]*(?:\\[\s\S][^"\\]*)*"|\\(?:u[0-9a-fA-F]{4}|[a-z]+|[\s\S])|[^\s,;"()[\]{}\\#][^\s,;"()[\]{}\\]*)/,
      /(?<open>#\{|[{[(])/,
      /(?<close>[}\])])/,
      /(?<discard>#_)/,
      /(?<tag>#[^\s,;"()[\]{}\\]+)/,
    ]
      .map(({ source }) => source)
      .join('|'),
    'y',
  ),
  json: /(?<space>[\s,:]+)|(?<leaf>"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[^\s,:"[\]{}]+)|(?<open>[{[])|(?<close>[}\]])/y,
};

interface Frame {
  kind: 'form' | 'tag' | 'discard';
  form: Form;
}

/** The first form of a text. Throws a SyntaxProblem where brackets or strings are not closed, and when there is no form. */
export function readForm(text: string, syntax: Syntax): Form {
  const token = new RegExp(tokens[syntax]);
  const root: Form = { start: 0, end: text.length, open: '', children: [] };
  const stack: Frame[] = [{ kind: 'form', form: root }];
  const add = (form: Form) => {
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (top.kind === 'form') return top.form.children.push(form);
      stack.pop();
      if (top.kind === 'discard') return;
      form = { start: top.form.start, end: form.end, open: '', children: [] };
    }
  };
  const push = (kind: Frame['kind'], start: number, open: Form['open']) => {
    if (stack.length > deepest) throw new SyntaxProblem(text, start, 'nested too deeply');
    stack.push({ kind, form: { start, end: start, open, children: [] } });
  };

  for (let at = 0; root.children.length === 0; at = token.lastIndex) {
    if (at >= text.length) throw unfinished(text, stack.at(-1));
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found)
      throw new SyntaxProblem(
        text,
        at,
        text[at] === '"' ? 'the string is never closed' : `unexpected ${JSON.stringify(text[at])}`,
      );
    const { space, leaf, open, close, discard } = found.groups ?? {};
    if (space) continue;
    if (leaf) add({ start: at, end: token.lastIndex, open: '', children: [] });
    else if (open) push('form', at, open as Form['open']);
    else if (close) {
      const top = stack.at(-1);
      if (top?.kind !== 'form' || closers[top.form.open] !== close)
        throw new SyntaxProblem(text, at, `unexpected ${close}`);
      stack.pop();
      add({ ...top.form, end: token.lastIndex });
    } else push(discard ? 'discard' : 'tag', at, '');
  }
  return root.children[0] as Form;
}

function unfinished(text: string, top: Frame | undefined): SyntaxProblem {
  if (!top || (top.kind === 'form' && top.form.open === ''))
    return new SyntaxProblem(text, text.length, 'the file is empty');
  const what = top.kind === 'form' ? `${top.form.open} is never closed` : 'nothing follows';
  return new SyntaxProblem(text, top.form.start, what);
}

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

type Kind = 'space' | 'leaf' | 'open' | 'close' | 'discard' | 'tag';

/** What a token is, by its first character; the pattern says how far it goes. Tried in this order. Matched in place: a board has many files. */
const tokens: Readonly<Record<Syntax, readonly { first: RegExp; kind: Kind; all: RegExp }[]>> = {
  edn: [
    { first: /[\s,;]/, kind: 'space', all: /(?:[\s,]+|;[^\n]*)+/y },
    { first: /"/, kind: 'leaf', all: /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y },
    { first: /\\/, kind: 'leaf', all: /\\(?:u[0-9a-fA-F]{4}|[a-z]+|[\s\S])/y },
    { first: /[{[(]/, kind: 'open', all: /[{[(]/y },
    { first: /[}\])]/, kind: 'close', all: /[}\])]/y },
    { first: /#/, kind: 'open', all: /#\{/y },
    { first: /#/, kind: 'discard', all: /#_/y },
    { first: /#/, kind: 'tag', all: /#[^\s,;"()[\]{}\\]+/y },
    { first: /[^\s,;"()[\]{}\\#]/, kind: 'leaf', all: /[^\s,;"()[\]{}\\]+/y },
  ],
  json: [
    { first: /[\s,:]/, kind: 'space', all: /[\s,:]+/y },
    { first: /"/, kind: 'leaf', all: /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y },
    { first: /[{[]/, kind: 'open', all: /[{[]/y },
    { first: /[}\]]/, kind: 'close', all: /[}\]]/y },
    { first: /[^\s,:"[\]{}]/, kind: 'leaf', all: /[^\s,:"[\]{}]+/y },
  ],
};

/** The tokens that a character may begin, looked up once. */
const begins: Readonly<Record<Syntax, (typeof tokens.edn)[]>> = { edn: [], json: [] };

function tokensAt(text: string, at: number, syntax: Syntax): typeof tokens.edn {
  const code = text.charCodeAt(at);
  const known = begins[syntax][code];
  if (known) return known;
  const found = tokens[syntax].filter(({ first }) => first.test(text.charAt(at)));
  begins[syntax][code] = found;
  return found;
}

interface Frame {
  kind: 'form' | 'tag' | 'discard';
  form: Form;
}

/** The first form of a text. Throws a SyntaxProblem where brackets or strings are not closed, and when there is no form. */
export function readForm(text: string, syntax: Syntax): Form {
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

  for (let at = 0, end = 0; root.children.length === 0; at = end) {
    if (at >= text.length) throw unfinished(text, stack.at(-1));
    const token = tokensAt(text, at, syntax).find(({ all }) => {
      all.lastIndex = at;
      if (!all.test(text)) return false;
      end = all.lastIndex;
      return true;
    });
    if (!token)
      throw new SyntaxProblem(
        text,
        at,
        text[at] === '"' ? 'the string is never closed' : `unexpected ${JSON.stringify(text[at])}`,
      );
    const { kind } = token;
    if (kind === 'leaf') add({ start: at, end, open: '', children: [] });
    else if (kind === 'open') push('form', at, text.slice(at, end) as Form['open']);
    else if (kind === 'close') {
      const top = stack.at(-1);
      if (top?.kind !== 'form' || closers[top.form.open] !== text[at])
        throw new SyntaxProblem(text, at, `unexpected ${text[at]}`);
      stack.pop();
      add({ ...top.form, end });
    } else if (kind !== 'space') push(kind, at, '');
  }
  return root.children[0] as Form;
}

function unfinished(text: string, top: Frame | undefined): SyntaxProblem {
  if (!top || (top.kind === 'form' && top.form.open === ''))
    return new SyntaxProblem(text, text.length, 'the file is empty');
  const what = top.kind === 'form' ? `${top.form.open} is never closed` : 'nothing follows';
  return new SyntaxProblem(text, top.form.start, what);
}

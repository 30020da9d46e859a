// What the scripted agent does for each of the six tasks of the demo. `reads` is what it looks at first, `plan` what it
// says it will do, `edits` the work. `mistake` [wrong, right] goes into the first hand-in and is mended on the feedback.
import { append, create, insertAfter, insertBefore, replace } from './edits.mjs';

/** Task id → script. */
export const scripts = {
  cors: {
    reads: ['src/http.js'],
    plan: 'All answers leave through sendJson: one more entry in its headers is enough.',
    edits: [
      insertAfter('src/http.js', contentType(), "  'access-control-allow-origin': '*',\n"),
      create('test/cors.test.js', headerTest('lets other origins call', 'access-control-allow-origin', '*')),
    ],
  },

  'no-sniff': {
    reads: ['src/http.js'],
    plan: 'The headers of sendJson are the place.',
    edits: [
      insertAfter('src/http.js', contentType(), "  'x-content-type-options': 'nosniff',\n"),
      create('test/no-sniff.test.js', headerTest('forbids to guess the type', 'x-content-type-options', 'nosniff')),
    ],
  },

  'done-flag': {
    reads: ['README.md', 'src/app.js', 'src/store.js'],
    plan: 'The store gets the flag and a way to change it, the app a route, the README a section.',
    edits: [
      replace('src/store.js', '{ id: ++lastId, title };', '{ id: ++lastId, title, done: false };'),
      insertBefore(
        'src/store.js',
        '    add(title) {',
        `    change(id, changes) {
      const todo = todos.get(id);
      return todo && Object.assign(todo, changes);
    },

`,
      ),
      insertAfter(
        'src/app.js',
        "  ['GET', /^\\/todos\\/(\\d+)$/, showTodo],",
        "  ['PATCH', /^\\/todos\\/(\\d+)$/, changeTodo],\n",
      ),
      append(
        'src/app.js',
        `
async function changeTodo({ store, request, response, id }) {
  const { done } = await readJson(request);
  if (typeof done !== 'boolean') throw fault(400, 'done must be true or false');
  const todo = store.change(id, { done });
  if (!todo) throw fault(404, \`there is no todo \${id}\`);
  sendJson(response, 200, todo);
}
`,
      ),
      append(
        'README.md',
        `
### \`PATCH /todos/:id\`

Marks a todo as done or open: \`{"done": true}\`.
`,
      ),
      create(
        'test/done-flag.test.js',
        testFile(`
const change = (id, body) => fetch(\`\${url}/todos/\${id}\`, { method: 'PATCH', body: JSON.stringify(body) });

test('a new todo is not done', async () => {
  assert.equal((await post({ title: 'new' })).done, false);
});

test('marks a todo as done', async () => {
  const { id } = await post({ title: 'finish me' });
  assert.equal((await (await change(id, { done: true })).json()).done, true);
  assert.equal((await (await fetch(\`\${url}/todos/\${id}\`)).json()).done, true);
});

test('refuses a flag that is not true or false', async () => {
  const { id } = await post({ title: 'perhaps' });
  assert.equal((await change(id, { done: 'perhaps' })).status, 400);
});

test('answers 404 for the flag of a todo that does not exist', async () => {
  assert.equal((await change(999, { done: true })).status, 404);
});
`),
      ),
    ],
  },

  'validate-title': {
    reads: ['README.md', 'src/app.js'],
    plan: 'createTodo refuses such titles before the store sees them.',
    edits: [
      replace(
        'src/app.js',
        '  sendJson(response, 201, store.add(title));\n',
        `  if (typeof title !== 'string' || title.trim() === '') throw fault(400, 'the title is missing or blank');
  sendJson(response, 201, store.add(title.trim()));
`,
      ),
      insertAfter(
        'README.md',
        'Makes a todo from `{"title": "…"}` and answers 201.',
        'Without a title, or with a blank one, it answers 400.\n',
      ),
      create(
        'test/validate-title.test.js',
        testFile(`
const statusOf = async (body) => (await fetch(\`\${url}/todos\`, { method: 'POST', body: JSON.stringify(body) })).status;

test('refuses a todo without a title', async () => {
  assert.equal(await statusOf({}), 400);
  assert.equal(await statusOf({ title: 7 }), 400);
  assert.equal(await statusOf({ title: '' }), 400);
});

test('refuses a title of spaces', async () => {
  assert.equal(await statusOf({ title: '   ' }), 400);
});

test('cuts off spaces around a title', async () => {
  assert.equal((await post({ title: '  tea ' })).title, 'tea');
});
`),
      ),
    ],
    mistake: { file: 'src/app.js', right: "title.trim() === ''", wrong: "title === ''" },
  },

  'filter-done': {
    reads: ['README.md', 'src/app.js', 'src/store.js'],
    plan: 'The list of the store learns to filter, and the route hands the parameter on.',
    edits: [
      replace(
        'src/store.js',
        '    list() {\n      return [...todos.values()];\n',
        `    list({ done } = {}) {
      return [...todos.values()].filter((todo) => done === undefined || todo.done === done);
`,
      ),
      replace(
        'src/app.js',
        'function listTodos({ store, response }) {\n  sendJson(response, 200, store.list());\n',
        `function listTodos({ store, response, url }) {
  const done = url.searchParams.get('done');
  sendJson(response, 200, store.list(done === null ? {} : { done: done === 'true' }));
`,
      ),
      insertAfter(
        'README.md',
        'All todos, oldest first.',
        'With `?done=true` only the done ones, with `?done=false` the open ones.\n',
      ),
      create(
        'test/filter-done.test.js',
        testFile(`
const titles = async (query) => (await (await fetch(\`\${url}/todos\${query}\`)).json()).map((todo) => todo.title);

test('lists all, done or open todos', async () => {
  const { id } = await post({ title: 'done' });
  await post({ title: 'open' });
  await fetch(\`\${url}/todos/\${id}\`, { method: 'PATCH', body: JSON.stringify({ done: true }) });
  assert.deepEqual(await titles(''), ['done', 'open']);
  assert.deepEqual(await titles('?done=true'), ['done']);
  assert.deepEqual(await titles('?done=false'), ['open']);
});
`),
      ),
    ],
  },

  stats: {
    reads: ['README.md', 'src/app.js', 'src/store.js'],
    plan: 'The store counts, a new route next to GET / answers with it.',
    edits: [
      insertBefore(
        'src/store.js',
        '    add(title) {',
        `    counts() {
      const done = [...todos.values()].filter((todo) => todo.done).length;
      return { all: todos.size, done, open: todos.size - done };
    },

`,
      ),
      insertAfter('src/app.js', "  ['GET', /^\\/$/, about],", "  ['GET', /^\\/stats$/, showStats],\n"),
      insertBefore(
        'src/app.js',
        'function about({ response }) {',
        `function showStats({ store, response }) {
  sendJson(response, 200, store.counts());
}

`,
      ),
      insertAfter(
        'README.md',
        'The name of the service.',
        `
### \`GET /stats\`

How many todos there are: \`{"all": 3, "done": 1, "open": 2}\`.
`,
      ),
      create(
        'test/stats.test.js',
        testFile(`
test('counts todos', async () => {
  const { id } = await post({ title: 'one' });
  await post({ title: 'two' });
  await post({ title: 'three' });
  await fetch(\`\${url}/todos/\${id}\`, { method: 'PATCH', body: JSON.stringify({ done: true }) });
  assert.deepEqual(await (await fetch(\`\${url}/stats\`)).json(), { all: 3, done: 1, open: 2 });
});
`),
      ),
    ],
  },
};

function contentType() {
  return "  'content-type': 'application/json; charset=utf-8',";
}

function headerTest(title, name, value) {
  return `${testHead()}
test('${title}', async () => {
  for (const path of ['/todos', '/no-such-page']) {
    const response = await fetch(url + path);
    assert.equal(response.headers.get('${name}'), '${value}');
  }
});
`;
}

function testFile(body) {
  return `${testHead()}
const post = async (body) => (await fetch(\`\${url}/todos\`, { method: 'POST', body: JSON.stringify(body) })).json();
${body}`;
}

function testHead() {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp } from '../src/app.js';
import { listen } from '../src/listen.js';

const { url, close } = await listen(createApp());
test.after(close);
`;
}

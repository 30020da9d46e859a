import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp } from '../src/app.js';
import { listen } from '../src/listen.js';

const { url, close } = await listen(createApp());
test.after(close);

const post = (body) => fetch(`${url}/todos`, { method: 'POST', body: JSON.stringify(body) });

test('says its name', async () => {
  assert.deepEqual(await (await fetch(url)).json(), { name: 'todo-api' });
});

test('makes a todo and shows it', async () => {
  const response = await post({ title: 'write a test' });
  assert.equal(response.status, 201);
  const { id } = await response.json();
  const todo = await (await fetch(`${url}/todos/${id}`)).json();
  assert.equal(todo.title, 'write a test');
});

test('lists todos, oldest first', async () => {
  await post({ title: 'first' });
  await post({ title: 'second' });
  const titles = (await (await fetch(`${url}/todos`)).json()).map((todo) => todo.title);
  assert.deepEqual(titles.slice(-2), ['first', 'second']);
});

test('answers 404 for a todo that does not exist', async () => {
  assert.equal((await fetch(`${url}/todos/999`)).status, 404);
});

test('answers 400 for a body that is not a JSON object', async () => {
  assert.equal((await fetch(`${url}/todos`, { method: 'POST', body: '{' })).status, 400);
  assert.equal((await post(null)).status, 400);
});

// The todo API: which request is answered by what.
import { fault, readJson, sendJson } from './http.js';
import { createStore } from './store.js';

const routes = [
  // the service itself
  ['GET', /^\/$/, about],
  // all todos
  ['GET', /^\/todos$/, listTodos],
  ['POST', /^\/todos$/, createTodo],
  // one todo
  ['GET', /^\/todos\/(\d+)$/, showTodo],
];

/** A request listener for node:http. */
export function createApp(store = createStore()) {
  return async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const route = routes.find(([method, path]) => method === request.method && path.test(url.pathname));
    try {
      if (!route) throw fault(404, 'not found');
      const [, path, answer] = route;
      await answer({ store, request, response, url, id: Number(path.exec(url.pathname)[1]) });
    } catch (error) {
      sendJson(response, error.status ?? 500, { error: error.message });
    }
  };
}

function about({ response }) {
  sendJson(response, 200, { name: 'todo-api' });
}

function listTodos({ store, response }) {
  sendJson(response, 200, store.list());
}

async function createTodo({ store, request, response }) {
  const { title } = await readJson(request);
  sendJson(response, 201, store.add(title));
}

function showTodo({ store, response, id }) {
  const todo = store.get(id);
  if (!todo) throw fault(404, `there is no todo ${id}`);
  sendJson(response, 200, todo);
}

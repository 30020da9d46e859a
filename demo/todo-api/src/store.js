// The todos, kept in memory.
export function createStore() {
  const todos = new Map();
  let lastId = 0;

  return {
    list() {
      return [...todos.values()];
    },

    get(id) {
      return todos.get(id);
    },

    add(title) {
      const todo = { id: ++lastId, title };
      todos.set(todo.id, todo);
      return todo;
    },
  };
}

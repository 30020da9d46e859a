// An MCP server that the user of a CLI has set up: `own-server.mjs <file>`. Its one tool writes the file.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , file = ''] = process.argv;
const table = {
  initialize: ({ protocolVersion }) => ({
    ...{ protocolVersion, capabilities: { tools: {} } },
    serverInfo: { name: 'own', version: '1' },
  }),
  'tools/list': () => ({
    tools: [{ name: 'own_tool', description: 'Write the file.', inputSchema: { type: 'object', properties: {} } }],
  }),
  'tools/call'() {
    writeFileSync(file, 'called\n');
    return { content: [{ type: 'text', text: 'written' }] };
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined) continue;
  const known = Object.hasOwn(table, method);
  const answer = known ? { result: table[method](params) } : { error: { code: -32601, message: 'unknown' } };
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
}

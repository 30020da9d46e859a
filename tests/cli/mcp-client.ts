// An agent's CLI as far as MCP goes: the SDK's own client, over stdio, with `oompa mcp` of a worker or of the person.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import { entry, plainEnv } from './program.ts';

export interface Asked {
  text: string;
  failed: boolean;
}

/** `worker` null: the person. */
export async function connect(root: string, worker: string | null) {
  const env = plainEnv(worker === null ? {} : { OOMPA_WORKER: worker, OOMPA_ROOT: root, OOMPA_SWARM: 'abc' });
  const given = Object.fromEntries(
    Object.entries(env).filter((each): each is [string, string] => each[1] !== undefined),
  );
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [entry, 'mcp'],
    env: given,
    cwd: root,
    stderr: 'pipe',
  });
  let said = '';
  transport.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const strange: unknown[] = [];
  const client = new Client({ name: 'test', version: '1' });
  client.onerror = (error) => strange.push(error);
  await client.connect(transport);
  onTestFinished(() => client.close());
  return {
    client,
    pid: transport.pid ?? 0,
    /** What came on stdout and is no protocol. */
    strange,
    said: () => said,
    async call(name: string, args: Record<string, unknown> = {}, options: Parameters<Client['callTool']>[2] = {}) {
      const { content, isError } = (await client.callTool(
        { name, arguments: args },
        undefined,
        options,
      )) as CallToolResult;
      return { text: content.map((each) => (each.type === 'text' ? each.text : '')).join(), failed: isError === true };
    },
    async look(uri: string): Promise<string> {
      const { contents } = await client.readResource({ uri });
      return contents.map((each) => ('text' in each ? each.text : '')).join();
    },
  };
}

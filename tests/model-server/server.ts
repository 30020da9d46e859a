// A scripted model on loopback: the four APIs that the CLIs speak, answered from scenarios, every request on record. As an HTTP proxy
// it lets nothing through and records who tried.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { anthropic } from './anthropic.ts';
import type { Answer, Api, Json, Sent } from './api.ts';
import { chat } from './chat.ts';
import { gemini } from './gemini.ts';
import { responses } from './responses.ts';
import { type Ask, type Chosen, choose, type Fail, type Scenario } from './script.ts';
import { cwdIn, toolCall } from './tools.ts';

const apis: readonly Api[] = [anthropic, responses, chat, gemini];

export interface Logged extends Ask {
  api: Api['name'];
  /** The key it came with. */
  key: string;
  prompt: string;
  step: number;
  /** `ok`, the status it failed with, `hang` or `cut`. */
  answered: string;
}

export interface ModelServer {
  readonly url: string;
  readonly requests: readonly Logged[];
  /** Other hosts that somebody asked for through the proxy. */
  readonly egress: readonly string[];
  /** Requests that no API knows. */
  readonly strange: readonly string[];
  play(scenarios: readonly Scenario[]): void;
  close(): Promise<void>;
}

/** Port 0: any that is free. */
export async function startModelServer(scenarios: readonly Scenario[] = [], port = 0): Promise<ModelServer> {
  let playing = scenarios;
  const requests: Logged[] = [];
  const egress: string[] = [];
  const strange: string[] = [];
  /** Scenario and step → how often it has failed; prompts hold more than what was asked, such as the date. */
  const failed = new Map<string, number>();

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const target = request.url ?? '/';
    if (!target.startsWith('/')) {
      egress.push(target);
      return send(response, 403, { error: 'nothing goes through here' });
    }
    const path = target.replace(/\?.*/, '');
    const api = apis.find((each) => each.matches(path));
    if (!api || request.method !== 'POST') {
      const aside = apis.map((each) => each.aside?.(path)).find((each) => each !== undefined);
      if (!aside) strange.push(`${request.method} ${path}`);
      return send(response, aside ? 200 : 404, aside ?? {});
    }
    const body: Json = await json(request);
    const ask = api.read(body, path);
    const chosen = choose(ask, playing);
    const { scenario, prompt, step, reply } = chosen;
    const place = `${scenario}#${step}`;
    const count = failed.get(place) ?? 0;
    const fail = reply.fail && count < (reply.fail.times ?? Number.POSITIVE_INFINITY) ? reply.fail : null;
    if (fail) failed.set(place, count + 1);
    const answered = fail ? (fail.how ?? String(fail.status ?? 500)) : 'ok';
    requests.push({ ...ask, api: api.name, key: keyOf(request), prompt, step, answered });
    if (fail?.how === 'hang') return;
    if (reply.delayMs) await sleep(reply.delayMs);
    if (fail && fail.how !== 'cut') return sendFailure(response, api, fail);
    const answer = answerOf(ask, chosen, cwdIn(JSON.stringify(body)), requests.length);
    if (!api.streams(path, body)) return send(response, 200, api.whole(answer));
    const events = api.write(answer);
    stream(response, fail ? events.slice(0, Math.ceil(events.length / 2)) : events);
    if (fail) response.destroy();
    else response.end();
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      strange.push(String(error));
      if (!response.headersSent) send(response, 500, { error: { message: String(error) } });
    });
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    egress.push(request.url ?? '');
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  // Without an answer to its WebSocket, codex goes on by HTTP.
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    egress,
    strange,
    play: (next) => {
      playing = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerOf({ model, tools }: Ask, { step, reply }: Chosen, cwd: string, count: number): Answer {
  const { text = '', calls = [], usage = { input: 100, output: 10 } } = reply;
  return {
    id: `${count}`,
    model,
    text,
    calls: calls.map((call, index) => ({ id: `call_${step}_${index}_${count}`, ...toolCall(call, tools, cwd) })),
    usage,
  };
}

function sendFailure(response: ServerResponse, api: Api, fail: Fail): void {
  const { status = 500, type, message = `scripted failure ${status}`, retryAfter, headers = {} } = fail;
  const retry = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if (!fail.events)
    return void send(response, status, fail.body ?? api.error(status, type, message), { ...retry, ...headers });
  stream(
    response,
    fail.events.map((data: Json) => ({ event: data.type, data })),
  );
  response.end();
}

function stream(response: ServerResponse, events: readonly Sent[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const { event, data } of events) {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    response.write(`${event ? `event: ${event}\n` : ''}data: ${text}\n\n`);
  }
}

function send(response: ServerResponse, status: number, body: Json, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function keyOf({ headers }: IncomingMessage): string {
  const bearer = headers.authorization?.replace(/^Bearer /i, '');
  return String(headers['x-api-key'] ?? headers['x-goog-api-key'] ?? bearer ?? '');
}

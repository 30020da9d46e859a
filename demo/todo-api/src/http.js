// Reads and writes JSON over node:http.
const headers = {
  'content-type': 'application/json; charset=utf-8',
};

export function sendJson(response, status, body) {
  response.writeHead(status, headers);
  response.end(`${JSON.stringify(body)}\n`);
}

/** The request's body, which must be a JSON object. Throws a fault 400 when it is not. */
export async function readJson(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === 'object') return value;
  } catch {
    // Not JSON at all: the same answer.
  }
  throw fault(400, 'expected a JSON object');
}

/** An error that is answered with `status`. */
export function fault(status, message) {
  return Object.assign(new Error(message), { status });
}

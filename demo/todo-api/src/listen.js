// Serves an app on a port.
import { createServer } from 'node:http';

/** Resolves to `{ url, close }` once the app can be called. Port 0 takes a free one. */
export function listen(app, port = 0) {
  const server = createServer(app);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
    });
  });
}

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Serves this folder, and PeerJS from its package: node docs/examples/peerjs/serve.mjs [port] */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const FILES = {
  '/': new URL('index.html', import.meta.url),
  '/app.js': new URL('app.js', import.meta.url),
  '/style.css': new URL('style.css', import.meta.url),
  '/peerjs.min.js': new URL('peerjs.min.js', `file://${createRequire(import.meta.url).resolve('peerjs')}`),
};

/**
 * @param {number} [port] on 127.0.0.1; a free one when absent
 * @returns {Promise<{url: string, stop(): Promise<void>}>}
 */
export const serveExample = async (port = 0) => {
  const server = createServer(async ({ url }, response) => {
    const file = FILES[url?.split('?', 1)[0] ?? ''];
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': `${TYPES[extname(file.pathname)]}; charset=utf-8` });
    response.end(await readFile(file));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serveExample(Number(process.argv[2] ?? 8080));
  console.log(`The example:  ${url}/?server=http://localhost:3000`);
  console.log(`Parley must let its pages in:  ALLOWED_ORIGINS=${url} npm start`);
}

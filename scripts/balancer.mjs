import { connect, createServer } from 'node:net';

/**
 * A TCP load balancer: round robin over the targets that answer, without affinity.
 * @param {() => readonly string[]} targets http origins, asked for each connection; one that refuses is skipped
 * @param {number} [port] on 127.0.0.1. Default: a free one
 * @returns {Promise<{url: string, stop(): Promise<void>}>}
 */
export const startBalancer = async (targets, port = 0) => {
  const open = new Set();
  let turn = 0;

  const keep = (socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  };

  const forward = (client, [first, ...others]) => {
    if (first === undefined) return void client.destroy();
    const { hostname, port: nodePort } = new URL(first);
    const node = connect(Number(nodePort), hostname);
    const refused = () => forward(client, others);
    node.once('error', refused);
    node.once('connect', () => {
      node.off('error', refused);
      keep(node);
      client.pipe(node).pipe(client);
      client.once('close', () => node.destroy());
      node.once('close', () => client.destroy());
    });
  };

  const server = createServer((client) => {
    keep(client);
    const all = targets();
    turn += 1;
    const start = all.length === 0 ? 0 : turn % all.length;
    forward(client, [...all.slice(start), ...all.slice(0, start)]);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
};

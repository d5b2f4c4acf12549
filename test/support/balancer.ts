import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A load balancer as operators have one: round robin over what answers, no affinity, bytes as they come. */
export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param urls http origins; one that refuses a connection is skipped. */
export const startBalancer = async (urls: () => readonly string[]): Promise<Balancer> => {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    keep(client);
    const targets = urls();
    turn += 1;
    forward(client, [...targets.slice(turn % targets.length), ...targets.slice(0, turn % targets.length)]);
  });

  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  };

  const forward = (client: Socket, [first, ...others]: readonly string[]): void => {
    if (first === undefined) return void client.destroy();
    const { hostname, port } = new URL(first);
    const node = connect(Number(port), hostname);
    const refused = (): void => forward(client, others);
    node.once('error', refused);
    node.once('connect', () => {
      node.off('error', refused);
      keep(node);
      client.pipe(node).pipe(client);
      client.once('close', () => node.destroy());
      node.once('close', () => client.destroy());
    });
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => stop(server, open) };
};

const stop = (server: Server, open: Set<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of open) socket.destroy();
  });

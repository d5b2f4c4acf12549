import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * The reference: the relay of a tutorial. A Map of sockets, one `send` per message, no tokens. With REDIS_URL,
 * several relays form one: each signal to a client of another relay is one PUBLISH to the client's channel.
 */
const sockets = new Map<string, WebSocket>();
const rooms = new Map<string, Map<string, WebSocket>>();
const { REDIS_URL } = process.env;
const publisher = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL);
const subscriber = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL);
subscriber?.on('message', (channel: string, text: string) => sockets.get(channel)?.send(text));

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (socket, request) => {
  const id = new URL(request.url ?? '/', 'http://x').searchParams.get('id') ?? '';
  let room: string | undefined;
  sockets.set(id, socket);

  const enter = async (name: string): Promise<void> => {
    if (subscriber !== undefined) await subscriber.subscribe(id);
    const others = rooms.get(name) ?? new Map<string, WebSocket>();
    rooms.set(name, others);
    for (const other of others.values()) other.send(JSON.stringify({ came: id }));
    socket.send(JSON.stringify({ joined: name, others: [...others.keys()] }));
    others.set(id, socket);
    room = name;
  };

  const leave = (): void => {
    const others = rooms.get(room ?? '');
    others?.delete(id);
    if (others?.size === 0) rooms.delete(room ?? '');
    for (const other of others?.values() ?? []) other.send(JSON.stringify({ left: id }));
    room = undefined;
  };

  const relay = (to: string, text: string): void => {
    const receiver = sockets.get(to);
    if (receiver !== undefined) receiver.send(text);
    else void publisher?.publish(to, text);
  };

  socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (message.join !== undefined) void enter(message.join);
    else if (message.leave !== undefined) {
      leave();
      socket.send('{"gone":true}');
    } else if (message.all !== undefined) {
      const text = JSON.stringify({ all: id, kind: message.kind, body: message.body });
      for (const [name, other] of rooms.get(room ?? '') ?? []) if (name !== id) other.send(text);
    } else relay(message.to, JSON.stringify({ from: id, kind: message.kind, body: message.body }));
  });

  socket.on('close', () => {
    sockets.delete(id);
    void subscriber?.unsubscribe(id);
    leave();
  });
});

server.on('listening', () => console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`));

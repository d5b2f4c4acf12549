import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter as createPubSubAdapter } from '@socket.io/redis-adapter';
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

/** A Socket.IO server as in its documentation, with the adapter in ADAPTER if REDIS_URL is set. */
const { REDIS_URL, ADAPTER } = process.env;

const adapterOf = (url: string) =>
  ADAPTER === 'streams' ? createStreamsAdapter(new Redis(url)) : createPubSubAdapter(new Redis(url), new Redis(url));

const http = createServer();
const io = new Server(http, REDIS_URL === undefined ? {} : { adapter: adapterOf(REDIS_URL) });

io.on('connection', (socket) => {
  let room = '';

  socket.on('join', async (name: string, done: (users: string[]) => void) => {
    room = name;
    await socket.join(room);
    socket.to(room).emit('came', socket.id);
    done([...(io.of('/').adapter.rooms.get(room) ?? [])]);
  });
  socket.on('leave', async (done: () => void) => {
    await socket.leave(room);
    socket.to(room).emit('left', socket.id);
    done();
  });
  socket.on('disconnect', () => socket.to(room).emit('left', socket.id));

  socket.on('signal', ({ to, kind, body }) => io.to(to).emit('signal', { from: socket.id, kind, body }));
  socket.on('cursor', (body) => socket.to(room).emit('cursor', { from: socket.id, body }));
});

http.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${(http.address() as AddressInfo).port}`));

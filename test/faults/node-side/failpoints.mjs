/**
 * Steps of a node's work at which it can be killed (SIGKILL): methods of the built classes, wrapped from outside. A
 * missing method prevents the start, so that no step is silently left out.
 */
import 'reflect-metadata';
import process from 'node:process';

const classOf = async (path, name) => (await import(new URL(`../../../dist/${path}`, import.meta.url)))[name];

const RedisBus = await classOf('bus/bus.redis.js', 'RedisBus');
const RedisCommands = await classOf('redis/redis-commands.js', 'RedisCommands');
const RedisPresence = await classOf('presence/redis/presence.redis.js', 'RedisPresence');
const LocalRooms = await classOf('signaling/rooms/room-hub.js', 'RoomHub');
const Session = await classOf('signaling/session/session.js', 'Session');
const SessionRegistry = await classOf('signaling/session/session-registry.js', 'SessionRegistry');
const PostgresChatLog = await classOf('chat/chat-log.postgres.js', 'PostgresChatLog');

/** The second byte of a batch of messages, as opposed to a probe. */
const isBatch = (_channel, { memory, start }) => memory[start + 1] === 1;
const isDrain = (message) => message.type === 'drain';

/** Class, method, the step before it, the step after it, and which calls count. */
const STEPS = [
  [RedisBus, 'send', 'before_forward', 'after_forward'],
  [RedisCommands, 'publishZeroCopy', 'before_publish', 'after_publish', isBatch],
  [LocalRooms, 'deliverLocal', 'before_deliver', 'after_deliver'],
  [SessionRegistry, 'claim', 'before_claim', 'after_claim_before_welcome'],
  [RedisPresence, 'attach', 'before_attach', 'after_attach_before_joined'],
  [RedisPresence, 'detach', 'before_detach', 'after_detach'],
  [RedisPresence, 'leave', 'before_leave', 'after_leave_before_left'],
  [RedisPresence, 'renew', 'before_lease', 'after_lease'],
  [RedisPresence, 'reconcile', 'before_reconcile', 'after_reconcile'],
  [RedisPresence, 'sweepRoom', 'mid_sweep', 'after_look_before_settle'],
  [RedisPresence, 'retire', 'before_retire', 'after_retire'],
  [Session, 'send', 'before_drain', 'mid_drain', isDrain],
  [PostgresChatLog, 'append', 'before_commit', 'after_commit_before_ack'],
];

let armed;
const reach = (step) => {
  if (step === armed) process.kill(process.pid, 'SIGKILL');
};

for (const [{ prototype }, method, before, after, counts = () => true] of STEPS) {
  const original = prototype[method];
  if (typeof original !== 'function') throw new Error(`A failpoint has lost its method: ${method}`);
  prototype[method] = function (...args) {
    if (armed !== before && armed !== after) return original.apply(this, args);
    if (!counts(...args)) return original.apply(this, args);
    reach(before);
    const result = original.apply(this, args);
    if (!(result instanceof Promise)) {
      reach(after);
      return result;
    }
    return result.then((value) => {
      reach(after);
      return value;
    });
  };
}

/** The step at which the process will be killed; undefined: none. */
export const arm = (step) => {
  if (step !== undefined && !STEPS.some(([, , ...steps]) => steps.includes(step))) throw new Error(`No step: ${step}`);
  armed = step;
};

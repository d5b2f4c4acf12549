import { Command } from 'ioredis';

/** A payload with room around it in its memory, {@link PADDING_BEFORE} and {@link PADDING_AFTER} bytes: for the command that publishes it. */
export interface PaddedPayload {
  readonly memory: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Enough for a channel of two hundred bytes. */
export const PADDING_BEFORE = 256;
export const PADDING_AFTER = 2;

const LINE_END = '\r\n';

/**
 * PUBLISH or SPUBLISH, whose bytes on the wire (RESP) are written around the payload where it lies: ioredis would copy the
 * payload twice. It is ioredis's command in all else, so that queues, time-outs, redirections and failures stay as they are.
 * The memory is the command's until its promise resolves; when it rejects nobody knows how long the socket keeps it.
 */
export const zeroCopyPublish = (name: 'publish' | 'spublish', channel: string, payload: PaddedPayload): Command => {
  const wire = writeAround(name, channel, payload);
  if (wire !== undefined) return new WrittenCommand(name, channel, wire);
  return new Command(name, [channel, payload.memory.subarray(payload.start, payload.end)]);
};

/** What it is written as already; the arguments say where a cluster has to send it. */
class WrittenCommand extends Command {
  constructor(
    name: string,
    channel: string,
    private readonly wire: Buffer,
  ) {
    super(name, [channel]);
  }

  override toWritable(): Buffer {
    return this.wire;
  }
}

/** Undefined: the room does not suffice. */
const writeAround = (name: string, channel: string, { memory, start, end }: PaddedPayload): Buffer | undefined => {
  const words = ['*3', `$${name.length}`, name, `$${Buffer.byteLength(channel)}`, channel, `$${end - start}`, ''];
  const head = words.join(LINE_END);
  const from = start - Buffer.byteLength(head);
  if (from < 0 || end + PADDING_AFTER > memory.length) return undefined;
  memory.write(head, from);
  memory.write(LINE_END, end, 'latin1');
  return memory.subarray(from, end + PADDING_AFTER);
};

import { Command } from 'ioredis';

/**
 * A payload in a larger buffer, with {@link PADDING_BEFORE} bytes before it and {@link PADDING_AFTER} after it for the
 * command that publishes it.
 */
export interface PaddedPayload {
  readonly memory: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Suffices for a channel name of 200 bytes. */
export const PADDING_BEFORE = 256;
export const PADDING_AFTER = 2;

const LINE_END = '\r\n';

/**
 * Makes a PUBLISH or SPUBLISH whose bytes on the wire (RESP) are written around the payload in its own memory; ioredis
 * would copy it twice. In all else it is a command of ioredis, with the same queues, time-outs, redirections and
 * failures. The memory must not change until the promise of the command resolves; if it rejects, never again, because
 * the socket may still hold it.
 */
export const zeroCopyPublish = (name: 'publish' | 'spublish', channel: string, payload: PaddedPayload): Command => {
  const wire = writeAround(name, channel, payload);
  if (wire !== undefined) return new WrittenCommand(name, channel, wire);
  return new Command(name, [channel, payload.memory.subarray(payload.start, payload.end)]);
};

/** A command that is encoded already. Its arguments tell a cluster client which slot it belongs to. */
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

/** Encodes the command around the payload. @returns undefined if the padding does not suffice */
const writeAround = (name: string, channel: string, { memory, start, end }: PaddedPayload): Buffer | undefined => {
  const words = ['*3', `$${name.length}`, name, `$${Buffer.byteLength(channel)}`, channel, `$${end - start}`, ''];
  const head = words.join(LINE_END);
  const from = start - Buffer.byteLength(head);
  if (from < 0 || end + PADDING_AFTER > memory.length) return undefined;
  memory.write(head, from);
  memory.write(LINE_END, end, 'latin1');
  return memory.subarray(from, end + PADDING_AFTER);
};

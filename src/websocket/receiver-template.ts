import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { WebSocket } from 'ws';

/** ws's `Receiver`, a Writable that takes a socket's bytes apart; exported by ws, and not in its types. */
export interface Receiver extends Writable {
  readonly _maxPayload: number;
  readonly [field: `_${string}`]: unknown;
  [symbol: symbol]: unknown;
}
type Options = Readonly<Record<string, unknown>>;

const { Receiver: NewReceiver } = createRequire(import.meta.url)('ws') as {
  Receiver: new (options: Options) => Receiver;
};

/** What a receiver is made with, besides extensions; each is then a field of it, with an underscore. */
const OPTIONS = [
  'allowSynchronousEvents',
  'binaryType',
  'isServer',
  'maxBufferedChunks',
  'maxFragments',
  'maxPayload',
  'skipUTF8Validation',
] as const;

/** Moulds that are made, or tried in vain. All receivers of a node are of one kind. */
const MAX_TRIES = 16;

/** Makes receivers that are as one that ws made. */
export class ReceiverTemplate {
  readonly maxPayload: number;
  private readonly options: Options;
  private readonly listeners: readonly { readonly event: string; readonly listener: () => void }[];

  /** @param owner the field that has a receiver's WebSocket */
  constructor(
    receiver: Receiver,
    private readonly owner: symbol,
  ) {
    this.maxPayload = receiver._maxPayload;
    this.options = Object.fromEntries(OPTIONS.map((name) => [name, receiver[`_${name}`]]));
    this.listeners = receiver
      .eventNames()
      .flatMap((event) => receiver.listeners(event).map((listener) => ({ event, listener }) as never));
  }

  make(ws: WebSocket): Receiver {
    const receiver = new NewReceiver(this.options);
    receiver[this.owner] = ws;
    for (const { event, listener } of this.listeners) receiver.on(event, listener);
    return receiver;
  }

  /** Field by field, since it is asked of every newcomer. */
  fits(receiver: Receiver): boolean {
    const { options } = this;
    return (
      receiver._maxPayload === options['maxPayload'] &&
      receiver['_maxFragments'] === options['maxFragments'] &&
      receiver['_maxBufferedChunks'] === options['maxBufferedChunks'] &&
      receiver['_isServer'] === options['isServer'] &&
      receiver['_binaryType'] === options['binaryType'] &&
      receiver['_allowSynchronousEvents'] === options['allowSynchronousEvents'] &&
      receiver['_skipUTF8Validation'] === options['skipUTF8Validation'] &&
      isEmpty(receiver['_extensions'])
    );
  }
}

const templates: ReceiverTemplate[] = [];
let tries = 0;

/**
 * How to make this receiver again, so that a socket can do without it until it needs one.
 * @returns undefined where what is made would not be the same
 */
export const templateOf = (ws: WebSocket, receiver: Receiver): ReceiverTemplate | undefined =>
  templates.find((template) => template.fits(receiver)) ?? newTemplateOf(ws, receiver);

const newTemplateOf = (ws: WebSocket, receiver: Receiver): ReceiverTemplate | undefined => {
  if (tries >= MAX_TRIES) return undefined;
  tries += 1;
  const owner = Object.getOwnPropertySymbols(receiver).find((symbol) => receiver[symbol] === ws);
  if (owner === undefined) return undefined;
  const template = new ReceiverTemplate(receiver, owner);
  if (!template.fits(receiver) || !areAlike(template.make(ws), receiver)) return undefined;
  templates.push(template);
  return template;
};

const areAlike = (one: Receiver, other: Receiver): boolean =>
  isDeepStrictEqual(fieldsOf(one), fieldsOf(other)) && isDeepStrictEqual(listenersOf(one), listenersOf(other));

const STREAM_FIELDS: ReadonlySet<string> = new Set(Object.keys(new Writable()));

const fieldsOf = (receiver: Receiver) => Object.entries(receiver).filter(([name]) => !STREAM_FIELDS.has(name));
const listenersOf = (receiver: Receiver) => receiver.eventNames().map((event) => [event, receiver.listeners(event)]);

const isEmpty = (record: unknown): boolean => {
  for (const _ in record as object) return false;
  return true;
};

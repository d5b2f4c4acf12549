import { CLOSE_CODES, type ClientMessage, type ClientMessageType, ProtocolError } from '@parley/protocol';
import { BusUnavailable } from '../../bus/bus.js';
import { PresenceUnavailable } from '../../presence/presence.js';
import { MESSAGE_COSTS } from '../../rate-limit/message-costs.js';
import { describeFaulty, type ErrorContext, parseClientMessage } from '../codec/client-message.schema.js';
import { type FastHeader, readFastHeader } from '../codec/fast-header.js';
import { HeaderTooLarge, splitFrame } from '../codec/frame.js';
import type { Session } from '../session/session.js';
import type { HandlerContext } from './handler-context.js';
import { handleAck } from './handlers/ack.js';
import { handleAnswerKnock } from './handlers/answer-knock.js';
import { handleBroadcast } from './handlers/broadcast.js';
import { handleChat } from './handlers/chat.js';
import type { Handler } from './handlers/handler.js';
import { handleHello } from './handlers/hello.js';
import { handleHistory } from './handlers/history.js';
import { handleJoin } from './handlers/join.js';
import { handleKick } from './handlers/kick.js';
import { handleLeave } from './handlers/leave.js';
import { handleLock } from './handlers/lock.js';
import { handleMute } from './handlers/mute.js';
import { handlePermit } from './handlers/permit.js';
import { handlePing } from './handlers/ping.js';
import { handlePong } from './handlers/pong.js';
import { handleRefresh } from './handlers/refresh.js';
import { handleSignal } from './handlers/signal.js';
import { handleUpdate } from './handlers/update.js';

/** The handler of each message type; a type without one does not compile. */
const HANDLERS: { readonly [T in ClientMessageType]: Handler<T> } = {
  hello: handleHello,
  join: handleJoin,
  leave: handleLeave,
  update: handleUpdate,
  signal: handleSignal,
  ack: handleAck,
  broadcast: handleBroadcast,
  chat: handleChat,
  history: handleHistory,
  refresh: handleRefresh,
  ping: handlePing,
  pong: handlePong,
  answer_knock: handleAnswerKnock,
  kick: handleKick,
  mute: handleMute,
  permit: handlePermit,
  lock: handleLock,
};

const WITH_BODY: ReadonlySet<ClientMessageType> = new Set(['signal', 'broadcast']);

/** Routes each frame to its handler, and answers errors. */
export class MessageRouter {
  constructor(private readonly context: HandlerContext) {}

  /** Handles one frame; never throws and never rejects. */
  readonly route = (frame: Buffer, session: Session): void | Promise<void> => {
    let message: ClientMessage | undefined;
    try {
      const read = readFastHeader(frame) ?? this.readFully(frame, session);
      if (read === undefined) return;
      message = read.message;
      if (!this.allowedNow(message, session)) return;
      if (read.body !== undefined && !WITH_BODY.has(message.type)) {
        throw new ProtocolError('bad_message', `A ${message.type} frame must not have a body.`);
      }
      const { requests } = MESSAGE_COSTS[message.type];
      if (requests > 0 && !session.requests.take(this.context.now(), requests)) {
        throw new ProtocolError('rate_limited', undefined, { retryAfterMs: session.requests.waitMs(requests) });
      }
      this.context.stats.frames += 1;
      // The table is indexed by the same field that selects the message's type.
      const handler = HANDLERS[message.type] as Handler<ClientMessageType>;
      const pending = handler(message, session, this.context, read.body, read.tail);
      return pending && this.caught(pending, session, message);
    } catch (error) {
      this.answer(error, session, error instanceof HeaderTooLarge ? this.describe(frame) : errorContextOf(message));
    }
  };

  /** Extracts the error context of a frame that was not handled. */
  readonly describe = (frame: Buffer): ErrorContext => {
    const end = frame.indexOf(0x0a);
    return describeFaulty(frame.toString('utf8', 0, end < 0 ? frame.length : end));
  };

  /** Parses a frame with the full parser. @returns undefined when it is malformed; the error was sent */
  private readFully(frame: Buffer, session: Session): FastHeader<ClientMessage> | undefined {
    const { header, body } = splitFrame(frame, this.context.limits.maxHeaderBytes);
    try {
      return { message: parseClientMessage(header), body };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      session.sendError(error, describeFaulty(header));
      if (session.state === 'on') session.fault();
      else session.close(CLOSE_CODES.badMessage, 'the first frame must be hello');
      return undefined;
    }
  }

  private allowedNow(message: ClientMessage, session: Session): boolean {
    if (message.type === 'hello' ? session.state === 'new' : session.state === 'on') return true;
    session.sendError(message.type === 'hello' ? 'bad_message' : 'hello_required', errorContextOf(message));
    session.close(
      CLOSE_CODES.badMessage,
      message.type === 'hello' ? 'hello was sent twice' : 'the first frame must be hello',
    );
    return false;
  }

  private async caught(pending: Promise<void>, session: Session, message: ClientMessage): Promise<void> {
    try {
      await pending;
    } catch (error) {
      this.answer(error, session, errorContextOf(message));
    }
  }

  private answer(error: unknown, session: Session, context: ErrorContext): void {
    if (error instanceof ProtocolError) {
      session.sendError(error, context);
      if (error.code === 'bad_message') session.fault();
    } else if (error instanceof PresenceUnavailable || error instanceof BusUnavailable) {
      session.sendError(new ProtocolError('unavailable', undefined, { retryAfterMs: 1000 }), context);
    } else {
      this.context.log.error(error, 'a handler failed unexpectedly; the client was sent internal');
      this.context.stats.internalErrors += 1;
      session.sendError('internal', context);
    }
  }
}

const errorContextOf = (message: ClientMessage | undefined): ErrorContext =>
  message === undefined
    ? {}
    : message.type === 'signal'
      ? { to: message.to, seq: message.seq }
      : message.type === 'ack'
        ? { to: message.to }
        : 'id' in message
          ? { re: message.id }
          : message.type === 'broadcast'
            ? { room: message.room }
            : {};

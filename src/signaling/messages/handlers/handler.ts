import type { ClientMessage, ClientMessageType } from '@parley/protocol';
import type { Session } from '../../session/session.js';
import type { HandlerContext } from '../handler-context.js';

/** Handles one type of message. An error that it throws, or rejects with, becomes the reply. */
export type Handler<T extends ClientMessageType> = (
  message: Extract<ClientMessage, { type: T }>,
  session: Session,
  context: HandlerContext,
  body: Buffer | undefined,
  /** The bytes behind `to` in the frame, when they can be relayed unchanged. */
  tail?: Buffer,
) => void | Promise<void>;

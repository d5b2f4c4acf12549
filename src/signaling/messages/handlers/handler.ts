import type { ClientMessage, ClientMessageType } from '@parley/protocol';
import type { Session } from '../../session/session.js';
import type { HandlerContext } from '../handler-context.js';

/** One rule for one type of message. What it throws becomes the reply. */
export type Handler<T extends ClientMessageType> = (
  message: Extract<ClientMessage, { type: T }>,
  session: Session,
  context: HandlerContext,
  body: Buffer | undefined,
  /** What follows `to` in the frame, when these bytes can be passed on as they are. */
  tail?: Buffer,
) => void | Promise<void>;

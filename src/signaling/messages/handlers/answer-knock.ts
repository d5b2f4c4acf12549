import { actorOf } from '../../session/session.js';
import type { Handler } from './handler.js';

/** Handles `answer_knock`: admits or denies a waiting user. */
export const handleAnswerKnock: Handler<'answer_knock'> = async (message, session, context) => {
  context.rooms.peerOf(session, message.room);
  await context.moderation.answer(actorOf(session), message.room, message.knock, message.admit);
  session.send({ type: 'done', re: message.id });
};

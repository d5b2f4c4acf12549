import type { ActivityLine } from '../api/moderation.js';

type Say = (who: string, whom: string, details: ActivityLine['details']) => string;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** Our own reasons of bans begin with the name, which stands in the sentence already. */
const because = (details: ActivityLine['details'], whom: string): string => {
  const [name, ...rest] = text(details['reason']).split(' — ');
  const why = name === whom ? rest.join(' — ') : text(details['reason']);
  return why ? `: ${why}` : '';
};

const permitWords: Say = (who, whom, { publish, chat }) => {
  const words = [
    publish === false && 'took voice and picture from',
    publish === true && 'gave voice and picture back to',
    chat === false && 'took the chat from',
    chat === true && 'gave the chat back to',
  ].filter(Boolean);
  return `${who} ${words.join(' and ')} ${whom}`;
};

const SENTENCES: Readonly<Record<string, Say>> = {
  'room.update': (who) => `${who} changed the settings`,
  'room.lock': (who) => `${who} locked the room`,
  'room.unlock': (who) => `${who} unlocked the room`,
  'room.transfer': (who, whom) => `${who} handed the room over to ${whom}`,
  'member.set': (who, whom, { role }) => `${who} made ${whom} ${role === 'moderator' ? 'a moderator' : 'a member'}`,
  'member.remove': (who, whom) => `${who} took the membership of ${whom} back`,
  'member.kick': (who, whom, details) => `${who} removed ${whom}${because(details, whom)}`,
  'member.ban': (who, whom, details) => `${who} banned ${whom}${because(details, whom)}`,
  'member.unban': (who, whom) => `${who} lifted the ban of ${whom}`,
  'member.permit': permitWords,
  'member.mute': (who, whom) => `${who} asked ${whom} to mute`,
  'invite.create': (who, _, { uses }) =>
    `${who} made an invite for ${uses === null ? 'anyone who has it' : uses === 1 ? 'one person' : `${String(uses)} people`}`,
  'invite.accept': (who) => `${who} came in by an invite`,
  'invite.revoke': (who) => `${who} took an invite back`,
  'lobby.admit': (who, whom) => `${who} let ${whom} in`,
  'lobby.deny': (who, whom) => `${who} sent ${whom} away`,
};

/** A line of the room's audit-log as a sentence. An action of a newer server is told by its name. */
export const activityWords = (line: ActivityLine, nameOf: (user: string) => string): string => {
  const who = line.actor === null ? 'The server' : nameOf(line.actor);
  const whom = line.target === null ? 'somebody' : nameOf(line.target);
  const say = SENTENCES[line.action];
  return say ? say(who, whom, line.details) : `${who}: ${line.action}`;
};

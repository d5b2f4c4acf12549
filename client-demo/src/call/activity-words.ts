import type { ActivityLine } from '../api/moderation.js';

type Say = (actor: string, target: string, details: ActivityLine['details']) => string;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** The demo prefixes the reason of a ban with the name, which the sentence already has. */
const because = (details: ActivityLine['details'], target: string): string => {
  const [name, ...rest] = text(details['reason']).split(' — ');
  const why = name === target ? rest.join(' — ') : text(details['reason']);
  return why ? `: ${why}` : '';
};

const permitWords: Say = (actor, target, { publish, chat }) => {
  const words = [
    publish === false && 'turned off mic and camera',
    publish === true && 'allowed mic and camera',
    chat === false && 'turned off chat',
    chat === true && 'allowed chat',
  ].filter(Boolean);
  return `${actor} ${words.join(' and ')} for ${target}`;
};

const SENTENCES: Readonly<Record<string, Say>> = {
  'room.update': (actor) => `${actor} changed the settings`,
  'room.lock': (actor) => `${actor} locked the room`,
  'room.unlock': (actor) => `${actor} unlocked the room`,
  'room.transfer': (actor, target) => `${actor} became the owner after ${target}`,
  'room.transfer_offer': (actor, target) => `${actor} asked ${target} to become the owner`,
  'room.transfer_withdraw': (actor, target) => `${actor} no longer asks ${target} to become the owner`,
  'room.transfer_decline': (actor) => `${actor} declined to become the owner`,
  'member.set': (actor, target, { role }) =>
    `${actor} made ${target} ${role === 'moderator' ? 'a moderator' : 'a member'}`,
  'member.remove': (actor, target) => `${actor} revoked the membership of ${target}`,
  'member.kick': (actor, target, details) => `${actor} removed ${target}${because(details, target)}`,
  'member.ban': (actor, target, details) => `${actor} banned ${target}${because(details, target)}`,
  'member.unban': (actor, target) => `${actor} unbanned ${target}`,
  'member.permit': permitWords,
  'member.mute': (actor, target) => `${actor} asked ${target} to mute`,
  'invite.create': (actor, _, { uses }) =>
    `${actor} created an invite for ${uses === null ? 'anyone with the link' : uses === 1 ? 'one person' : `${String(uses)} people`}`,
  'invite.accept': (actor) => `${actor} joined with an invite`,
  'invite.revoke': (actor) => `${actor} revoked an invite`,
  'lobby.admit': (actor, target) => `${actor} admitted ${target}`,
  'lobby.deny': (actor, target) => `${actor} denied ${target}`,
};

/** An audit entry as a sentence. An unknown action, of a newer server, is shown by its name. */
export const activityWords = (line: ActivityLine, nameOf: (user: string) => string): string => {
  const actor = line.actor === null ? 'The server' : nameOf(line.actor);
  const target = line.target === null ? 'someone' : nameOf(line.target);
  const say = SENTENCES[line.action];
  return say ? say(actor, target, line.details) : `${actor}: ${line.action}`;
};

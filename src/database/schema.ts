import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

/** A timestamp with the precision of `Date`, so that a value that was read equals the one written. */
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** Accounts. Guests and users of an external issuer have no row. */
export const users = pgTable(
  'users',
  {
    id: text('id').primaryKey(),
    /** As entered. */
    username: text('username').notNull(),
    /** NFKC and lower case; unique. */
    usernameKey: text('username_key').notNull(),
    displayName: text('display_name').notNull(),
    passwordHash: text('password_hash').notNull(),
    /** Tokens and sessions that began earlier are revoked. */
    validAfter: at('valid_after').notNull().defaultNow(),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('users_username_key').on(table.usernameKey)],
);

/** Refresh tokens, each used once, or repeated once. Any other use revokes every token of the family. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    /** SHA-256 of the token in base64url; the token itself is never stored. */
    hash: text('hash').primaryKey(),
    family: text('family').notNull(),
    /** The `sub` of new access tokens: the id of a user or guest. */
    subject: text('subject').notNull(),
    /** A guest's name and room, for new access tokens. Null for users. */
    guest: jsonb('guest').$type<{ name: string; room: string }>(),
    usedAt: at('used_at'),
    /** Until when the last used token may be used again, because its response may have been lost. */
    repeatableUntil: at('repeatable_until'),
    expiresAt: at('expires_at').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('refresh_tokens_family').on(table.family),
    index('refresh_tokens_subject').on(table.subject),
    index('refresh_tokens_expires').on(table.expiresAt),
  ],
);

/** Rooms. `owner` is the `sub` of an account or external user; null when a token's grant created the room. */
export const rooms = pgTable(
  'rooms',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** The name for searching: NFKC and lower case, independent of the database's locale. */
    searchName: text('search_name').notNull(),
    owner: text('owner'),
    /** The `sub` whose token's grant created the room; null: it has an owner. */
    madeBy: text('made_by'),
    /** Whether lists of rooms show it to users who are not members. */
    listed: boolean('listed').notNull().default(true),
    /** Defaults to false, so that a row without a value allows no guests. */
    guestsAllowed: boolean('guests_allowed').notNull().default(false),
    /** Who may enter: any user, holders of an invite, or those whom a moderator admits from the lobby. */
    access: text('access').$type<'open' | 'invite' | 'lobby'>().notNull().default('open'),
    /** True: only current participants may rejoin. */
    locked: boolean('locked').notNull().default(false),
    /** When the room ends; null: at no set time. */
    endsAt: at('ends_at'),
    /** The room ends after being empty for so long; null: never. */
    endWhenEmptySeconds: integer('end_when_empty_seconds'),
    /** When the room was last seen occupied; maintained for rooms that end when empty. */
    emptySince: at('empty_since'),
    /** Maximum number of participants; null: the server's limit. */
    capacity: integer('capacity'),
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default({}),
    /** Incremented by each change; the ETag. */
    version: integer('version').notNull().default(1),
    /** Sequence number of the newest message. */
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('rooms_ends').on(table.endsAt).where(sql`${table.endsAt} is not null`),
    index('rooms_ends_empty').on(table.id).where(sql`${table.endWhenEmptySeconds} is not null`),
    index('rooms_newest').on(table.createdAt.desc(), table.id.desc()),
    index('rooms_owner').on(table.owner),
    // Trigrams find a part of a name.
    index('rooms_search_name').using('gin', table.searchName.op('gin_trgm_ops')).concurrently(),
    index('rooms_made_by').on(table.madeBy).where(sql`${table.madeBy} is not null`),
  ],
);

/** Members: users with a persisted role in a room, including its owner. */
export const memberships = pgTable(
  'memberships',
  {
    room: text('room')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    user: text('user_id').notNull(),
    role: text('role').$type<'owner' | 'moderator' | 'member'>().notNull(),
    /** An invite gave the membership: it ends when the user is kicked. */
    byInvite: boolean('by_invite').notNull().default(false),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.room, table.user] }), index('memberships_user').on(table.user)],
);

/** Offers of ownership that wait for an answer: at most one per room. */
export const roomTransfers = pgTable(
  'room_transfers',
  {
    room: text('room')
      .primaryKey()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    from: text('from_user').notNull(),
    to: text('to_user').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [index('room_transfers_to').on(table.to)],
);

/** Revoked permissions of users in rooms, independent of role; no row: none are revoked. */
export const permissions = pgTable(
  'permissions',
  {
    room: text('room')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    user: text('user_id').notNull(),
    mayPublish: boolean('may_publish').notNull().default(true),
    mayChat: boolean('may_chat').notNull().default(true),
  },
  (table) => [primaryKey({ columns: [table.room, table.user] })],
);

/** Bans of users, and of guests by the id of their tokens. */
export const bans = pgTable(
  'bans',
  {
    room: text('room')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    user: text('user_id').notNull(),
    reason: text('reason'),
    by: text('by').notNull(),
    /** Null: until it is lifted. */
    until: at('until'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.room, table.user] })],
);

/**
 * Removals of users from a room, or everywhere. Nodes poll them in case they miss the cluster event. Tokens issued
 * earlier are not valid there any more.
 */
export const removals = pgTable(
  'removals',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** Null: everywhere. The room may not exist any more. */
    room: text('room'),
    user: text('user_id').notNull(),
    /** The user's known peers. They cannot rejoin. */
    peers: jsonb('peers').$type<string[]>().notNull().default([]),
    at: at('at').notNull().default(sql`clock_timestamp()`),
  },
  (table) => [index('removals_at').on(table.at), index('removals_room_user').on(table.room, table.user)],
);

/** Invites to rooms. */
export const invites = pgTable(
  'invites',
  {
    id: text('id').primaryKey(),
    /** SHA-256 of the token in base64url; the token itself is never stored. */
    hash: text('hash').notNull(),
    room: text('room')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    role: text('role').$type<'moderator' | 'member'>().notNull(),
    /** Null: unlimited. */
    usesLeft: integer('uses_left'),
    /** Null: until it is revoked. */
    expiresAt: at('expires_at'),
    by: text('by').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('invites_hash').on(table.hash), index('invites_room').on(table.room)],
);

/** The users whom each invite admitted. */
export const inviteUses = pgTable(
  'invite_uses',
  {
    invite: text('invite')
      .notNull()
      .references(() => invites.id, { onDelete: 'cascade' }),
    user: text('user_id').notNull(),
    /** The user was removed from the room since: this invite no longer admits them. */
    barred: boolean('barred').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.invite, table.user] })],
);

/** Waiting and admitted users of rooms with a lobby, and guests admitted by an invite. */
export const knocks = pgTable(
  'knocks',
  {
    room: text('room')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    user: text('user_id').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    /** Null: still waiting. */
    admittedAt: at('admitted_at'),
    /** The waiting connection: closing an older one does not withdraw the knock. */
    holder: text('holder').notNull().default(''),
    since: at('since').notNull().defaultNow(),
    /** Renewed by the node with the waiting socket; a knock that is not renewed is hidden. */
    seenAt: at('seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.room, table.user] }), uniqueIndex('knocks_id').on(table.id)],
);

/** The audit log. Entries outlive the rooms and users that they name. */
export const audit = pgTable(
  'audit',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: at('at').notNull().default(sql`clock_timestamp()`),
    /** A user's id; null: unknown, or the server itself. */
    actor: text('actor'),
    action: text('action').notNull(),
    room: text('room'),
    /** A user's id; for a failed log-in, the username that was tried. */
    target: text('target'),
    ip: text('ip'),
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
    /** How often the same was done: see `insertAudit`. */
    count: integer('count').notNull().default(1),
    /** When it was done last; null: once, at `at`. */
    lastAt: at('last_at'),
  },
  (table) => [
    index('audit_room').on(table.room, table.id.desc()),
    index('audit_actor').on(table.actor, table.id.desc()),
    index('audit_target').on(table.target, table.id.desc()),
    index('audit_action').on(table.action, table.id.desc()),
    index('audit_at').on(table.at),
  ],
);

/** The chat log of each room. */
export const messages = pgTable(
  'messages',
  {
    room: text('room')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    /** Sequence number in the room: 1, 2, 3 … without gaps. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    user: text('user_id').notNull(),
    name: text('name').notNull(),
    /** The peer that sent it. */
    peer: text('peer').notNull(),
    /** The sender's id for the message: the same id of the same user is the same message. */
    clientId: text('client_id').notNull(),
    text: text('text').notNull(),
    at: at('at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.room, table.seq] }),
    uniqueIndex('messages_client_id').on(table.room, table.user, table.clientId),
    index('messages_at').on(table.at),
  ],
);

/** When each periodic job last ran. */
export const jobs = pgTable('chores', {
  name: text('name').primaryKey(),
  at: at('at').notNull(),
});

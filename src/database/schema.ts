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

/** Milliseconds, the precision of `Date`: a moment that was read compares equal to the one that was written. */
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** Accounts of Parley's own. Guests and an outside issuer's users have no row here. */
export const users = pgTable(
  'users',
  {
    id: text('id').primaryKey(),
    /** As it was typed. */
    username: text('username').notNull(),
    /** NFKC and lower case: what must be unique. */
    usernameKey: text('username_key').notNull(),
    displayName: text('display_name').notNull(),
    passwordHash: text('password_hash').notNull(),
    /** Tokens and sessions that began earlier are void. */
    validAfter: at('valid_after').notNull().defaultNow(),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('users_username_key').on(table.usernameKey)],
);

/** One row a refresh token, used once. A second use ends every token of the family. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    /** SHA-256 of the token, base64url: the token itself is never kept. */
    hash: text('hash').primaryKey(),
    family: text('family').notNull(),
    /** The `sub` that new access tokens get: a user's id or a guest's. */
    subject: text('subject').notNull(),
    /** For guests: name and room, to issue the same token again. Null for users. */
    guest: jsonb('guest').$type<{ name: string; room: string }>(),
    usedAt: at('used_at'),
    expiresAt: at('expires_at').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('refresh_tokens_family').on(table.family),
    index('refresh_tokens_subject').on(table.subject),
    index('refresh_tokens_expires').on(table.expiresAt),
  ],
);

/** Rooms. `owner` is a `sub`, of an account or of an outside issuer; null when a token's grant made the room. */
export const rooms = pgTable(
  'rooms',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** The name as it is searched: NFKC and lower case, whatever the database's locale thinks of letters. */
    searchName: text('search_name').notNull(),
    owner: text('owner'),
    /** The `sub` whose token's grant made the room; null: it has an owner. */
    madeBy: text('made_by'),
    /** Whether the room is shown in lists of rooms to people who are not members of it. */
    listed: boolean('listed').notNull().default(true),
    /** False unless whoever made the room said otherwise: a row that says nothing lets no guests in. */
    guestsAllowed: boolean('guests_allowed').notNull().default(false),
    /** How people come in: everybody, with an invite, or after a moderator let them in. */
    access: text('access').$type<'open' | 'invite' | 'lobby'>().notNull().default('open'),
    /** Nobody new comes in. */
    locked: boolean('locked').notNull().default(false),
    /** The room is over then. */
    endsAt: at('ends_at'),
    /** The room is over when nobody was in it for so long. */
    endWhenEmptySeconds: integer('end_when_empty_seconds'),
    /** Since when nobody was seen in it, moved on while somebody is; kept for rooms that end when empty. */
    emptySince: at('empty_since'),
    /** At most so many participants; null: the server's limit. */
    capacity: integer('capacity'),
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default({}),
    /** Raised by each change: the ETag. */
    version: integer('version').notNull().default(1),
    /** The newest message's number. */
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('rooms_ends').on(table.endsAt).where(sql`${table.endsAt} is not null`),
    index('rooms_ends_empty').on(table.id).where(sql`${table.endWhenEmptySeconds} is not null`),
    index('rooms_newest').on(table.createdAt.desc(), table.id.desc()),
    index('rooms_owner').on(table.owner),
    index('rooms_made_by').on(table.madeBy).where(sql`${table.madeBy} is not null`),
  ],
);

/** Who is what in a room, beyond what everyone is. The owner has a row too. */
export const memberships = pgTable(
  'memberships',
  {
    room: text('room')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    user: text('user_id').notNull(),
    role: text('role').$type<'owner' | 'moderator' | 'member'>().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.room, table.user] }), index('memberships_user').on(table.user)],
);

/** What was taken from a user in a room, whatever their role; no row: nothing. */
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

/** Who must stay out of a room: users, and guests by the id of their tokens. */
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
 * Who was put out, of one room or of everything, and when: what every node acts on, and what it reads here when it
 * may not have heard. Tokens from before do not count there any more.
 */
export const removals = pgTable(
  'removals',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** Null: of everything. The room may be gone. */
    room: text('room'),
    user: text('user_id').notNull(),
    /** The peers that were known to be the user's. They cannot come back. */
    peers: jsonb('peers').$type<string[]>().notNull().default([]),
    at: at('at').notNull().default(sql`clock_timestamp()`),
  },
  (table) => [index('removals_at').on(table.at), index('removals_room_user').on(table.room, table.user)],
);

/** Tickets to a room. */
export const invites = pgTable(
  'invites',
  {
    id: text('id').primaryKey(),
    /** SHA-256 of the token, base64url: the token itself is never kept. */
    hash: text('hash').notNull(),
    room: text('room')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    role: text('role').$type<'moderator' | 'member'>().notNull(),
    /** Null: any number. */
    usesLeft: integer('uses_left'),
    /** Null: until it is revoked. */
    expiresAt: at('expires_at'),
    by: text('by').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('invites_hash').on(table.hash), index('invites_room').on(table.room)],
);

/** Who knocked at a room with a lobby, and whom somebody let in; guests who came with an invite too. */
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
    /** The connection that waits: an older one that is closed late takes nothing away. */
    holder: text('holder').notNull().default(''),
    since: at('since').notNull().defaultNow(),
    /** The node with the waiting socket says so now and then; a knock that nobody stands behind is not shown. */
    seenAt: at('seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.room, table.user] }), uniqueIndex('knocks_id').on(table.id)],
);

/** Who did what to whom, when, and from where. Outlives the rooms and the people that it names. */
export const audit = pgTable(
  'audit',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: at('at').notNull().default(sql`clock_timestamp()`),
    /** A user's id; null: nobody who is known, or the server itself. */
    actor: text('actor'),
    action: text('action').notNull(),
    room: text('room'),
    /** A user's id, or what was tried: the name at a log-in. */
    target: text('target'),
    ip: text('ip'),
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
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
    /** 1, 2, 3 … in the room, without gaps. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    user: text('user_id').notNull(),
    name: text('name').notNull(),
    /** The peer it was sent by. */
    peer: text('peer').notNull(),
    /** The sender's own id: the same id of the same user is the same message. */
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

/** What one node at a time does now and then, and when that was done last. */
export const jobs = pgTable('chores', {
  name: text('name').primaryKey(),
  at: at('at').notNull(),
});

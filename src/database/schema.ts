import {
  bigint,
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
    /** Whether the room is shown in lists of rooms to people who are not members of it. */
    listed: boolean('listed').notNull().default(true),
    guestsAllowed: boolean('guests_allowed').notNull().default(true),
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
  (table) => [index('rooms_newest').on(table.createdAt.desc(), table.id.desc()), index('rooms_owner').on(table.owner)],
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
  ],
);

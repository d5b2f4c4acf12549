import { accessSuite } from './access.suite.js';
import { ADMINISTRATOR, auditSuite } from './audit.suite.js';
import { authSuite } from './auth.suite.js';
import { chatSuite } from './chat.suite.js';
import { endingsSuite } from './endings.suite.js';
import { guestsSuite } from './guests.suite.js';
import { httpSuite } from './http.suite.js';
import { invitesSuite } from './invites.suite.js';
import { moderationSuite } from './moderation.suite.js';
import { pruningSuite } from './pruning.suite.js';
import { roomsSuite } from './rooms.suite.js';
import { SECRET, tokensSuite } from './tokens.suite.js';
import { transfersSuite } from './transfers.suite.js';
import { usersSuite } from './users.suite.js';
import type { World } from './world.js';

/** The environment of the suite's application, besides its database. */
export const SETTINGS = {
  JWT_SECRET: SECRET,
  STUN_URLS: 'stun:stun.example.org:3478',
  TURN_URLS: 'turn:turn.example.org:3478',
  TURN_SECRET: 'a secret shared with coturn',
  ADMIN_USERS: ADMINISTRATOR,
  ROOM_CHECK_MS: '100',
  MAX_GRANTED_ROOMS_PER_USER: '3',
  // All suites share one address, so its limits are raised.
  REGISTER_BURST: '1000',
};

/** All REST suites, which run on every kind of database. */
export const restSuite = (world: World): void => {
  authSuite(world);
  usersSuite(world);
  roomsSuite(world);
  endingsSuite(world);
  auditSuite(world);
  moderationSuite(world);
  invitesSuite(world);
  transfersSuite(world);
  chatSuite(world);
  accessSuite(world);
  guestsSuite(world);
  tokensSuite(world);
  httpSuite(world);
  pruningSuite(world);
};

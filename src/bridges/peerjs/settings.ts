import { z } from 'zod';
import type { Config } from '../../config/config.js';
import { bridgeAccess, bridgePath, bridgeSettings } from '../bridge-settings.js';

/** The settings of this bridge; docs/operations.md explains them. */
const SETTINGS = z.object({
  PEERJS: bridgeAccess,
  PEERJS_PATH: bridgePath('/peerjs'),
  PEERJS_KEYS: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}(?:,[A-Za-z0-9_-]{1,64})*$/, 'must be keys of A-Z a-z 0-9 _ -, separated by commas')
    .default('peerjs'),
  PEERJS_ID: z.enum(['any', 'subject'], { error: 'must be any or subject' }).default('any'),
  PEERJS_DISCOVERY: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
});

export interface PeerjsSettings {
  readonly path: string;
  /** Each is a tenant with names of its own. */
  readonly keys: readonly string[];
  /** Whether a client has to show an access token, as `key` or as `token`. */
  readonly needsToken: boolean;
  /** Whether a client's id must be the subject of its token. */
  readonly idIsSubject: boolean;
  readonly discovery: boolean;
}

/** @returns undefined when the bridge is switched off. @throws ConfigError */
export const peerjsSettings = (config: Config): PeerjsSettings | undefined => {
  const settings = bridgeSettings(config, SETTINGS);
  // Nobody is let in by accident: who opens a public node to strangers has said so.
  const access = settings.PEERJS ?? (config.production ? 'token' : 'anonymous');
  if (access === 'off') return undefined;
  return {
    path: settings.PEERJS_PATH,
    keys: settings.PEERJS_KEYS.split(','),
    needsToken: access === 'token',
    idIsSubject: settings.PEERJS_ID === 'subject',
    discovery: settings.PEERJS_DISCOVERY === 'on',
  };
};

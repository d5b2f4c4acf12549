import { z } from 'zod';
import type { Config } from '../../config/config.js';
import { doorSettings } from '../door-settings.js';

const onOff = (fallback: 'on' | 'off') => z.enum(['on', 'off'], { error: 'must be on or off' }).default(fallback);

const SETTINGS = z.object({
  PEERJS: onOff('on'),
  PEERJS_PATH: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9_-]{1,64}){1,4}$/, 'must be a path such as /peerjs, of A-Z a-z 0-9 _ -')
    .default('/peerjs'),
  PEERJS_KEYS: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}(?:,[A-Za-z0-9_-]{1,64})*$/, 'must be keys of A-Z a-z 0-9 _ -, separated by commas')
    .default('peerjs'),
  PEERJS_AUTH: z.enum(['anonymous', 'token'], { error: 'must be anonymous or token' }).optional(),
  PEERJS_ID: z.enum(['any', 'subject'], { error: 'must be any or subject' }).default('any'),
  PEERJS_DISCOVERY: onOff('off'),
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

/** @returns undefined when the door is switched off. @throws ConfigError */
export const peerjsSettings = (config: Config): PeerjsSettings | undefined => {
  const settings = doorSettings(config, SETTINGS);
  if (settings.PEERJS === 'off') return undefined;
  return {
    path: settings.PEERJS_PATH,
    keys: settings.PEERJS_KEYS.split(','),
    // Nobody is let in by accident: who opens a public node to strangers has said so.
    needsToken: (settings.PEERJS_AUTH ?? (config.production ? 'token' : 'anonymous')) === 'token',
    idIsSubject: settings.PEERJS_ID === 'subject',
    discovery: settings.PEERJS_DISCOVERY === 'on',
  };
};

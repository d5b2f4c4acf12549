import { z } from 'zod';
import { doorAccess, doorPath } from '../bridge-settings.js';

/** Who is let in: whoever has an access token, or anybody. */
export type Access = 'token' | 'anonymous';

/** The settings of this door; docs/operations.md explains them. */
export const SETTINGS = z.object({
  Y_WEBRTC: doorAccess,
  Y_WEBRTC_PATH: doorPath('/y-webrtc'),
});

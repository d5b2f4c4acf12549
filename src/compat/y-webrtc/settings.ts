import { z } from 'zod';

/** Who is let in: whoever has an access token, or anybody. */
export type Access = 'token' | 'anonymous';

const ACCESS = ['off', 'token', 'anonymous'] as const;

/** The settings of this door; docs/operations.md explains them. */
export const SETTINGS = z.object({
  Y_WEBRTC: z.enum(ACCESS, { error: `must be one of ${ACCESS.join(', ')}` }).optional(),
  Y_WEBRTC_PATH: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9_-]{1,64}){1,4}$/, 'must be a path such as /y-webrtc')
    .refine((path) => !/^\/(?:v1|docs|health|metrics|assets)(?:\/|$)/.test(path), 'is taken by Parley itself')
    .default('/y-webrtc'),
});

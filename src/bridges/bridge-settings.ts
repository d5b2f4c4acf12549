import { z } from 'zod';
import { type Config, ConfigError } from '../config/config.js';

/**
 * Reads the settings of one bridge, which stand in its own folder.
 * @param shape a zod object whose keys are the names of environment variables; `NAME_FILE` works for each
 * @throws ConfigError naming every fault at once
 */
export const bridgeSettings = <Shape extends z.ZodObject>(config: Config, shape: Shape): z.infer<Shape> => {
  const given = Object.keys(shape.shape).map((name) => [name, config.setting(name)] as const);
  const parsed = shape.safeParse(Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== '')));
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('')} ${issue.message}`));
};

const ACCESS = ['off', 'token', 'anonymous'] as const;

/** Who is let in: nobody, who has an access token, anybody. Without it a bridge takes `token` in production, else `anonymous`. */
export const bridgeAccess = z.enum(ACCESS, { error: `must be one of ${ACCESS.join(', ')}` }).optional();

/** Where a bridge stands. */
export const bridgePath = (fallback: string) =>
  z
    .string()
    .regex(/^(?:\/[A-Za-z0-9_-]{1,64}){1,4}$/, `must be a path such as ${fallback}`)
    .refine((path) => !/^\/(?:v1|docs|health|metrics|assets)(?:\/|$)/.test(path), 'is taken by Parley itself')
    .default(fallback);

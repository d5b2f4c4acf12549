import type { z } from 'zod';
import { type Config, ConfigError } from '../config/config.js';

/**
 * Reads the settings of one door, which stand in its own folder.
 * @param shape a zod object whose keys are the names of environment variables; `NAME_FILE` works for each
 * @throws ConfigError naming every fault at once
 */
export const doorSettings = <Shape extends z.ZodObject>(config: Config, shape: Shape): z.infer<Shape> => {
  const given = Object.keys(shape.shape).map((name) => [name, config.setting(name)] as const);
  const parsed = shape.safeParse(Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== '')));
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
};

/** Port for log lines of sessions and bridges. Never pass a token, a key or a payload. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(error: unknown, message: string): void;
}

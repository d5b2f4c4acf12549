/** Letters, digits, `_`, `.` and `-`. */
export const USERNAME_PATTERN = /^[A-Za-z0-9_.-]{3,32}$/;

/** What must be unique: the same name in another case is the same name. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase();

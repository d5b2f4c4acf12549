/** 3 to 32 letters, digits, `_`, `.` and `-`. */
export const USERNAME_PATTERN = /^[A-Za-z0-9_.-]{3,32}$/;

/** The form of a username that is unique: NFKC and lower case. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase();

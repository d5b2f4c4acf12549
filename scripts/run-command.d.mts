/** A command failed; the message is written for users. */
export declare class CommandFailed extends Error {}

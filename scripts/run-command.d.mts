/** A command ended badly; the message is fit for a person to read. */
export declare class CommandFailed extends Error {}

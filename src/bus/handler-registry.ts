import type { ClusterEvent } from './bus.js';

/** The handlers of one bus. One that throws has a bug, and must not keep the others from running. */
export class HandlerRegistry {
  private message: (message: Buffer) => void = () => {};
  private readonly ports: ((message: Buffer) => void)[] = [];
  private readonly events: ((event: ClusterEvent) => void)[] = [];
  private readonly gaps: (() => void)[] = [];

  constructor(private readonly onError: (error: unknown) => void) {}

  set onMessage(handler: (message: Buffer) => void) {
    this.message = handler;
  }
  onPortMessage(tag: number, handler: (message: Buffer) => void): void {
    this.ports[tag] = handler;
  }
  set onEvent(handler: (event: ClusterEvent) => void) {
    this.events.push(handler);
  }
  set onGap(handler: () => void) {
    this.gaps.push(handler);
  }

  deliver(message: Buffer): void {
    this.guard(this.ports[message[0] ?? -1] ?? this.message, message);
  }
  dispatch(event: ClusterEvent): void {
    for (const handler of this.events) this.guard(handler, event);
  }
  reportGap(): void {
    for (const handler of this.gaps) this.guard(handler, undefined);
  }

  private guard<What>(handler: (what: What) => void, what: What): void {
    try {
      handler(what);
    } catch (error) {
      this.onError(error);
    }
  }
}

/** Throws an error as an uncaught exception, outside of the current call stack. */
export const rethrow = (error: unknown): void => {
  setImmediate(() => {
    throw error;
  });
};

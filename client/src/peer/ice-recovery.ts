import type { Clock } from '../options.js';

/** @internal Times of ICE restarts, in milliseconds. */
export const RECOVERY_RULES = {
  /** `disconnected` often heals by itself within seconds. */
  disconnectedMs: 4_000,
  /** The polite side lets the other one act first, so that not both do. */
  politeMs: 5_000,
  /** Between restarts that did not help, doubling. */
  retryMs: 10_000,
  capMs: 40_000,
} as const;

/** @internal What it needs. */
export interface IceRecoveryOptions {
  readonly clock: Clock;
  readonly polite: () => boolean;
  readonly state: () => RTCPeerConnectionState;
  readonly restart: () => void;
}

/** @internal Restarts ICE (RFC 8445 §9) when a connection is broken, and leaves alone one whose media flows. */
export class IceRecovery {
  #timer: unknown;
  #armed = false;
  #retryMs: number = RECOVERY_RULES.retryMs;

  constructor(private readonly options: IceRecoveryOptions) {}

  /** The connection's state changed. */
  changed(): void {
    const state = this.options.state();
    if (state === 'connected') this.#retryMs = RECOVERY_RULES.retryMs;
    if (state === 'failed') this.#arm(0);
    else if (state === 'disconnected') this.#arm(RECOVERY_RULES.disconnectedMs);
    else if (state !== 'connecting') this.close();
  }

  /** Signaling works again: the network may be another one. */
  resumed(): void {
    if (this.#broken && !this.#armed) this.#arm(RECOVERY_RULES.disconnectedMs);
  }

  close(): void {
    this.#armed = false;
    this.options.clock.clearTimeout(this.#timer);
  }

  get #broken(): boolean {
    return ['failed', 'disconnected'].includes(this.options.state());
  }

  #arm(delayMs: number): void {
    this.#set(delayMs + (this.options.polite() ? RECOVERY_RULES.politeMs : 0));
  }

  #set(delayMs: number): void {
    this.options.clock.clearTimeout(this.#timer);
    this.#armed = true;
    this.#timer = this.options.clock.setTimeout(() => {
      this.#armed = false;
      if (!this.#broken) return;
      this.options.restart();
      this.#set(this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RECOVERY_RULES.capMs);
    }, delayMs);
  }
}

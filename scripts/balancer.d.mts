/** A load balancer in front of several nodes. */
export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}
export const startBalancer: (targets: () => readonly string[], port?: number) => Promise<Balancer>;

/** Bytes of a delivery that cost as much as a small one. */
export const DELIVERY_BYTES = 4 * 1024;

/** What one frame to several recipients costs: a delivery per recipient, and one more for each further 4 KiB. */
export const deliveryCost = (recipients: number, bytes: number): number =>
  recipients * Math.max(1, Math.ceil(bytes / DELIVERY_BYTES));

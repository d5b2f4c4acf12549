/** What the two ends of a transfer need of an RTCDataChannel; tests bring a pair of their own. */
export interface FileChannel {
  binaryType: string;
  bufferedAmountLowThreshold: number;
  readonly bufferedAmount: number;
  readonly readyState: string;
  send(data: string): void;
  send(data: ArrayBuffer): void;
  close(): void;
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  removeEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
}

/** What the two ends tell as they go. Progress is bytes that have left, or have come. */
export interface TransferEvents {
  progress(bytes: number): void;
  /** Called once, with an end of {@link FileState}. */
  ended(
    state: 'done' | 'corrupt' | 'refused' | 'cancelled' | 'failed' | 'gone',
    detail?: { sha256?: string; reason?: string },
  ): void;
  checking(): void;
}

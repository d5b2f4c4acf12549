/** The part of RTCDataChannel that a transfer uses, so that tests can pass a pair of their own. */
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

/** Events of either end of a transfer. Progress is in bytes sent or received. */
export interface TransferEvents {
  progress(bytes: number): void;
  /** Called once, with a final {@link FileState}. */
  ended(
    state: 'done' | 'corrupt' | 'refused' | 'cancelled' | 'failed' | 'gone',
    detail?: { sha256?: string; reason?: string },
  ): void;
  checking(): void;
}

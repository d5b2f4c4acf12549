/** What a session needs of a socket. The WebSocket behind it belongs to the gateway. */
export interface ClientSocket {
  /** Sends one text frame. Frames of one turn of the event loop leave in one write. */
  send(frame: Buffer | string): void;
  /** A WebSocket ping (RFC 6455 §5.5.2); the answer counts as a sign of life. */
  ping(): void;
  /** Bytes handed over and not yet taken by the network. */
  readonly bufferedBytes: number;
  /** Starts the closing handshake; the socket is destroyed 2 s later if the other side does not answer. */
  close(code: number, reason: string): void;
  /** Destroys the socket at once. */
  terminate(): void;
}

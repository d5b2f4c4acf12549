/** The socket of a session, as far as the session uses it. */
export interface ClientSocket {
  /** Sends one text frame. Frames of one iteration of the event loop are sent in one write. */
  send(frame: Buffer | string): void;
  /** Sends a WebSocket ping (RFC 6455 §5.5.2); the pong counts as activity. */
  ping(): void;
  /** Bytes sent to the socket and not yet accepted by the kernel. */
  readonly bufferedBytes: number;
  /** Starts the closing handshake; the socket is destroyed 2 s later if the other side does not answer. */
  close(code: number, reason: string): void;
  /** Destroys the socket at once. */
  terminate(): void;
  /** Stops reading, so that TCP slows the client down. Frames that were already read are still delivered. */
  pause(): void;
  resume(): void;
}

/** What a socket tells its session. */
export interface SocketListener {
  /** A whole text message. The bytes are a view of what the socket read: copy what is kept longer than the call. */
  receive(frame: Buffer): void;
  /** A ping or a pong arrived. False: it is not answered. */
  control(): boolean;
  close(code: number, reason: string): void;
  /** The TCP connection is over. Called once. */
  closed(): void;
}

/** A socket that has no session yet. */
export interface ServerSocket extends ClientSocket {
  /** Starts to read. Everything that was received since the upgrade is delivered to the listener. */
  attach(listener: SocketListener): void;
}

import { WebSocket } from 'ws';

/** How long a silent socket is kept open. */
const UNREAD_MS = 60_000;

/** The WebSockets of one SDK client, with faults to inject. `Socket` is the class that is passed to the SDK. */
export class FaultSockets {
  /** Every `hello` that was sent, as it was written. */
  hellos = [];
  #open = new Set();
  #dead = false;

  constructor() {
    const sockets = this;
    this.Socket = class extends WebSocket {
      #deaf = false;

      constructor(url, protocols) {
        super(url, protocols, { perMessageDeflate: false });
        sockets.#open.add(this);
        this.once('close', () => sockets.#open.delete(this));
        this.on('error', () => {});
        if (sockets.#dead) this.terminate();
      }

      send(text) {
        if (this.#deaf) return;
        if (text.startsWith('{"type":"hello"')) sockets.hellos.push(text);
        super.send(text);
      }

      close(code) {
        if (!this.#deaf) super.close(code);
      }

      terminate() {
        if (!this.#deaf) super.terminate();
      }

      /** Simulates the loss of the network interface: nothing is sent or received, and no close arrives. */
      deafen() {
        this.#deaf = true;
        this.pause();
        setTimeout(() => super.terminate(), UNREAD_MS).unref();
      }

      /** Simulates a stalled reader, which still sends. */
      stall(ms) {
        this.pause();
        setTimeout(() => this.resume(), ms).unref();
      }

      reset() {
        this._socket?.resetAndDestroy();
      }
    };
  }

  /** Sends an RST, like a router that lost the connection. */
  cut() {
    for (const socket of this.#open) socket.reset();
  }

  deafen() {
    for (const socket of this.#open) socket.deafen();
  }

  stall(ms) {
    for (const socket of this.#open) socket.stall(ms);
  }

  /** Ends everything silently, for good. */
  kill() {
    this.#dead = true;
    for (const socket of this.#open) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.reset();
      socket.terminate();
    }
  }

  /** Simulates a power failure: nothing is sent, not even a close, and nothing runs any more. */
  vanish() {
    this.#dead = true;
    for (const socket of this.#open) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.deafen();
    }
  }

  /**
   * Sends an old `hello` again, as if it was delayed by the network, and tries to join the room. `more` is added to its
   * attempt.
   * @returns {Promise<string>} the outcome: `superseded`, `joined`, or the close code
   */
  sayAgain(url, index, room, delayMs, more = 0) {
    const hello = this.hellos.at(index)?.replace(/"attempt":(\d+)/, (_, n) => `"attempt":${Number(n) + more}`);
    return new Promise((resolve) => {
      setTimeout(() => {
        if (hello === undefined) return resolve('nothing');
        const socket = new WebSocket(url, 'parley.v1');
        const end = (answer) => {
          resolve(answer);
          socket.terminate();
        };
        setTimeout(() => end('silence'), 5_000).unref();
        socket.on('error', () => end('error'));
        socket.on('close', (code) => end(String(code)));
        socket.on('open', () => socket.send(hello));
        socket.on('message', (data) => {
          const frame = JSON.parse(String(data).split('\n', 1)[0]);
          if (frame.type === 'welcome') socket.send(JSON.stringify({ type: 'join', id: 'late', room }));
          else if (frame.type === 'joined') end('joined');
          else if (frame.type === 'error' && frame.code === 'superseded') end('superseded');
        });
      }, delayMs);
    });
  }
}

import { WebSocket } from 'ws';

/** How long a socket that nobody hears is kept open. */
const UNREAD_MS = 60_000;

/** The WebSockets of one SDK client, and what can happen to them. `Socket` is the class that the SDK is given. */
export class FaultSockets {
  /** Every `hello` that was said, as it went out. */
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

      /** As when the network interface is gone: nothing goes either way, and no end is told. */
      deafen() {
        this.#deaf = true;
        this.pause();
        setTimeout(() => super.terminate(), UNREAD_MS).unref();
      }

      /** A reader that stands still: what is sent still goes. */
      stall(ms) {
        this.pause();
        setTimeout(() => this.resume(), ms).unref();
      }

      reset() {
        this._socket?.resetAndDestroy();
      }
    };
  }

  /** RST, as from a router that forgot the connection. */
  cut() {
    for (const socket of this.#open) socket.reset();
  }

  deafen() {
    for (const socket of this.#open) socket.deafen();
  }

  stall(ms) {
    for (const socket of this.#open) socket.stall(ms);
  }

  /** Everything ends without a word, for good. */
  kill() {
    this.#dead = true;
    for (const socket of this.#open) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.reset();
      socket.terminate();
    }
  }

  /** As when a machine loses its power: no end is told to anybody, and nothing is done any more. */
  vanish() {
    this.#dead = true;
    for (const socket of this.#open) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.deafen();
    }
  }

  /**
   * Says an old `hello` again, as when it was long under way, and tries to take the room with it. `more` is added to its
   * attempt.
   * @returns {Promise<string>} what came of it: `superseded`, `joined`, or the code of the close
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

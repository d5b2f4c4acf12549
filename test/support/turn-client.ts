import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';

const COOKIE = 0x2112a442;
const METHODS = { allocate: 0x003, refresh: 0x004, permit: 0x008 } as const;
const SUCCESS = 0x100;
const ATTRIBUTES = {
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  lifetime: 0x000d,
  peer: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  family: 0x0017,
  transport: 0x0019,
} as const;
const UDP = Buffer.from([17, 0, 0, 0]);
const TIMEOUT_MS = 5_000;
const RESEND_MS = 500;

/** The credentials for TURN: `username` and `credential` of an RTCIceServer. */
export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/** 0 on success, otherwise the error code of RFC 8489 §14.8 or RFC 8656 §19, such as 401 or 403. */
export type TurnAnswer = number;

/** A TURN client (RFC 8656) over UDP that sends a browser's requests, and returns the server's answers. */
export class TurnClient {
  private readonly socket: Socket = createSocket('udp4');
  private realm = '';
  private nonce: Buffer = Buffer.alloc(0);

  private constructor(private readonly credentials: TurnCredentials) {}

  static async open(port: number, credentials: TurnCredentials): Promise<TurnClient> {
    const client = new TurnClient(credentials);
    await new Promise<void>((resolve) => client.socket.connect(port, '127.0.0.1', resolve));
    return client;
  }

  /** @param family of the relayed address */
  allocate(family: 4 | 6 = 4): Promise<TurnAnswer> {
    const wanted = family === 6 ? [attribute(ATTRIBUTES.family, Buffer.from([2, 0, 0, 0]))] : [];
    return this.ask('allocate', [attribute(ATTRIBUTES.transport, UDP), ...wanted]);
  }

  /** Requests a permission to send to an address. */
  permit(address: string): Promise<TurnAnswer> {
    return this.ask('permit', [address]);
  }

  /** @param seconds 0 deletes the allocation */
  refresh(seconds = 600): Promise<TurnAnswer> {
    const lifetime = Buffer.alloc(4);
    lifetime.writeUInt32BE(seconds);
    return this.ask('refresh', [attribute(ATTRIBUTES.lifetime, lifetime)]);
  }

  close(): void {
    this.socket.close();
  }

  /** The first request learns realm and nonce, like one with a stale nonce (438), and is then repeated. */
  private async ask(method: keyof typeof METHODS, what: readonly (Buffer | string)[]): Promise<TurnAnswer> {
    const challenged = this.realm === '';
    const first = await this.exchange(method, what);
    if (first === 438 || (first === 401 && challenged)) return this.exchange(method, what);
    return first;
  }

  private async exchange(method: keyof typeof METHODS, what: readonly (Buffer | string)[]): Promise<TurnAnswer> {
    const id = randomBytes(12);
    const parts = what.map((part) => (typeof part === 'string' ? peerAddress(part, id) : part));
    const answer = await this.roundTrip(this.sign(METHODS[method], id, parts), id);
    if (answer.readUInt16BE(0) === (METHODS[method] | SUCCESS)) return 0;
    const attributes = read(answer);
    this.realm = attributes.get(ATTRIBUTES.realm)?.toString() ?? this.realm;
    this.nonce = attributes.get(ATTRIBUTES.nonce) ?? this.nonce;
    const error = attributes.get(ATTRIBUTES.error);
    if (error === undefined) throw new Error(`an answer without an error code: ${answer.toString('hex')}`);
    return error.readUInt8(2) * 100 + error.readUInt8(3);
  }

  private sign(method: number, id: Buffer, parts: readonly Buffer[]): Buffer {
    if (this.realm === '') return message(method, id, parts);
    const { username, credential } = this.credentials;
    const signed = message(method, id, [
      ...parts,
      attribute(ATTRIBUTES.username, Buffer.from(username)),
      attribute(ATTRIBUTES.realm, Buffer.from(this.realm)),
      attribute(ATTRIBUTES.nonce, this.nonce),
    ]);
    // RFC 8489 §14.5: the length includes the attribute itself, although it is not signed.
    signed.writeUInt16BE(signed.length - 20 + 24, 2);
    const key = createHash('md5').update(`${username}:${this.realm}:${credential}`).digest();
    return Buffer.concat([signed, attribute(ATTRIBUTES.integrity, createHmac('sha1', key).update(signed).digest())]);
  }

  private roundTrip(request: Buffer, id: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const send = () => this.socket.send(request);
      const again = setInterval(send, RESEND_MS);
      const end = setTimeout(() => done(() => reject(new Error('the TURN server did not answer'))), TIMEOUT_MS);
      const receive = (answer: Buffer) => answer.subarray(8, 20).equals(id) && done(() => resolve(answer));
      // ECONNREFUSED: the server does not listen yet, and the request is sent again.
      const ignore = () => {};
      const done = (settle: () => void) => {
        clearInterval(again);
        clearTimeout(end);
        this.socket.off('message', receive);
        this.socket.off('error', ignore);
        settle();
      };
      this.socket.on('message', receive);
      this.socket.on('error', ignore);
      send();
    });
  }
}

const message = (type: number, id: Buffer, parts: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(
    parts.reduce((sum, part) => sum + part.length, 0),
    2,
  );
  head.writeUInt32BE(COOKIE, 4);
  return Buffer.concat([head, id, ...parts]);
};

const attribute = (type: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
};

const read = (answer: Buffer): Map<number, Buffer> => {
  const found = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= answer.length; ) {
    const length = answer.readUInt16BE(at + 2);
    found.set(answer.readUInt16BE(at), answer.subarray(at + 4, at + 4 + length));
    at += 4 + length + (-length & 3);
  }
  return found;
};

/** XOR-PEER-ADDRESS, RFC 8656 §18.3; port 9 is the discard port. */
const peerAddress = (address: string, id: Buffer): Buffer => {
  const cookie = Buffer.alloc(4);
  cookie.writeUInt32BE(COOKIE);
  const mask = Buffer.concat([cookie, id]);
  const bytes = bytesOf(address).map((byte, at) => byte ^ mask.readUInt8(at));
  const port = 9 ^ (COOKIE >>> 16);
  return attribute(
    ATTRIBUTES.peer,
    Buffer.concat([Buffer.from([0, isIPv4(address) ? 1 : 2, port >> 8, port & 255]), bytes]),
  );
};

const bytesOf = (address: string): Buffer => {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // URL converts an IPv4 suffix to hexadecimal.
  const [front = '', back] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const [head, tail] = [groups(front), groups(back)];
  const words = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 255]));
};

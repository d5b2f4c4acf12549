import { createHash } from 'node:crypto';

export const hashOf = (data) => createHash('sha256').update(JSON.stringify(data)).digest('base64url').slice(0, 16);

/** Records one SDK room of a client and everything that its application observes. */
export class SubjectRoom {
  #attached = false;
  #self;

  /**
   * @param {import('@parley/client').Room} room
   * @param {{name: string, client: import('@parley/client').ParleyClient, record: Function, received: string[],
   *   rosterEvents: object[], over: (reason: string) => void}} owner
   */
  constructor(room, owner) {
    this.room = room;
    this.owner = owner;
    this.#live();
    room.on('rejoined', () => {
      this.end('expired');
      this.#live();
    });
    room.on('removed', (reason) => {
      this.end(reason);
      owner.over(reason);
    });
    room.on('signal', ({ from, data }) => {
      owner.received.push(data.id);
      owner.record('dlv', { at: room.self, from, id: data.id, hash: hashOf(data) });
    });
    room.on('joined', (participant) => this.#saw('joined', participant));
    room.on('left', ({ participant, reason }) => this.#saw('left', participant, reason));
    for (const event of ['away', 'back']) room.on(event, ({ peer }) => owner.rosterEvents.push({ event, of: peer }));
    room.on('roster', () => this.#roster());
    for (const [peer, participant] of room.participants) if (peer !== room.self) this.#saw('joined', participant);
  }

  /** Undefined: the room has ended, or is about to be replaced. */
  get self() {
    return this.#self;
  }

  /** Whether it is in the room, on a socket that has received `welcome`. */
  get attached() {
    return this.room.attached === true && this.owner.client.state === 'connected';
  }

  look() {
    this.attach(this.attached);
  }

  attach(on) {
    if (this.#self === undefined || on === this.#attached) return;
    this.#attached = on;
    this.owner.record('attached', { peer: this.#self, on });
  }

  end(why) {
    if (this.#self === undefined) return;
    this.owner.record('end', { peer: this.#self, why });
    this.#self = undefined;
  }

  /** Its client has vanished. @param kinds of the events to record */
  cease(...kinds) {
    for (const kind of kinds) if (this.#self !== undefined) this.owner.record(kind, { peer: this.#self });
    this.#self = undefined;
  }

  view() {
    const { room } = this;
    return {
      room: room.id,
      self: room.self,
      attached: this.attached,
      epoch: room.roster.epoch,
      version: room.roster.version,
      roster: Object.fromEntries([...room.participants].map(([peer, { state }]) => [peer, state])),
    };
  }

  #live() {
    const { self, id } = this.room;
    const { name, client, record } = this.owner;
    this.#self = self;
    record('live', { peer: self, user: name, room: id, session: client.session });
    this.#attached = false;
    this.attach(true);
    this.#roster();
  }

  #saw(event, { peer, user }, reason) {
    this.owner.rosterEvents.push({ event, of: peer, reason });
    if (this.#self === undefined) return;
    this.owner.record('seen', { peer: this.#self, event, of: peer, user, ...(reason && { reason }) });
  }

  #roster() {
    if (this.#self === undefined) return;
    const { epoch, version } = this.room.roster;
    const set = Object.fromEntries([...this.room.participants].map(([peer, { state }]) => [peer, state]));
    this.owner.record('roster', { peer: this.#self, epoch, version, set });
  }
}

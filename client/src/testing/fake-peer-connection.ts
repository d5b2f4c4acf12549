/** What of RTCRtpTransceiver the SDK uses. */
export interface FakeTransceiver {
  readonly sender: { readonly track: unknown };
  readonly receiver: { readonly track: unknown };
  mid: string | null;
  currentDirection: string | null;
  stopping: boolean;
  stop(): void;
}

/** What of RTCPeerConnection a negotiation touches, with the state machine of JSEP (RFC 9429 §3.2) and no network. */
export class FakePeerConnection extends EventTarget {
  static made: FakePeerConnection[] = [];
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  configuration: RTCConfiguration;
  restarts = 0;
  closed = false;
  readonly candidates: unknown[] = [];
  readonly channels: { readonly label: string; readonly protocol: string }[] = [];
  readonly senders: { track: unknown; stream: unknown; replaceTrack(track: unknown): Promise<void> }[] = [];
  transceivers: FakeTransceiver[] = [];
  #needed = false;
  #offers = 0;
  #stable: [RTCSessionDescriptionInit | null, RTCSessionDescriptionInit | null] = [null, null];

  constructor(configuration: RTCConfiguration = {}) {
    super();
    this.configuration = configuration;
    FakePeerConnection.made.push(this);
  }

  async setLocalDescription(description?: RTCSessionDescriptionInit): Promise<void> {
    await Promise.resolve();
    if (description?.type === 'rollback') this.#rollBack();
    else if (this.signalingState === 'have-remote-offer') {
      this.localDescription = { type: 'answer', sdp: `answer to ${this.remoteDescription?.sdp}` };
      this.#settle();
    } else {
      this.#needed = false;
      this.localDescription = { type: 'offer', sdp: `offer ${++this.#offers}` };
      this.signalingState = 'have-local-offer';
    }
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    if (description.type === 'offer' && this.signalingState === 'have-local-offer') {
      this.#rollBack();
      this.#needed = true;
    }
    await Promise.resolve();
    const wanted = description.type === 'offer' ? 'stable' : 'have-local-offer';
    if (this.signalingState !== wanted) throw new DOMException('wrong state', 'InvalidStateError');
    this.remoteDescription = description;
    if (description.type === 'offer') this.signalingState = 'have-remote-offer';
    else this.#settle();
  }

  async addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription) throw new DOMException('no description', 'InvalidStateError');
    this.candidates.push(candidate);
  }

  createDataChannel(label: string, init: RTCDataChannelInit = {}): unknown {
    const channel = { label, protocol: init.protocol ?? '' };
    this.channels.push(channel);
    this.need();
    return channel;
  }

  addTrack(track: { kind: string }, stream: unknown): unknown {
    if (this.transceivers.some(({ sender }) => sender.track === track))
      throw new DOMException('', 'InvalidAccessError');
    const sender = {
      track: track as unknown,
      stream,
      replaceTrack: async (next: unknown) => {
        sender.track = next;
      },
    };
    this.senders.push(sender);
    const transceiver: FakeTransceiver = {
      sender,
      receiver: { track: { kind: track.kind } },
      mid: null,
      currentDirection: null,
      stop: () => {
        transceiver.stopping = true;
        this.need();
      },
      stopping: false,
    };
    this.transceivers.push(transceiver);
    this.need();
    return sender;
  }

  removeTrack(sender: { track: unknown }): void {
    sender.track = null;
    this.need();
  }

  getTransceivers(): unknown[] {
    return this.transceivers;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  restartIce(): void {
    this.restarts++;
    this.need();
  }

  close(): void {
    this.closed = true;
    this.signalingState = 'closed';
  }

  /** The browser finds that a negotiation is needed; told once, and only in `stable`. */
  need(): void {
    this.#needed = true;
    queueMicrotask(() => {
      if (this.#needed && this.signalingState === 'stable') this.dispatchEvent(new Event('negotiationneeded'));
    });
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  gather(candidate: { readonly candidate: string } | null): void {
    const event = Object.assign(new Event('icecandidate'), {
      candidate: candidate && { ...candidate, toJSON: () => candidate },
    });
    this.dispatchEvent(event);
  }

  #settle(): void {
    this.signalingState = 'stable';
    this.#stable = [this.localDescription, this.remoteDescription];
    this.transceivers = this.transceivers.filter(({ stopping }) => !stopping);
    for (const [at, transceiver] of this.transceivers.entries()) transceiver.mid ??= `${at}`;
    this.dispatchEvent(new Event('signalingstatechange'));
    if (this.#needed) this.need();
  }

  #rollBack(): void {
    [this.localDescription, this.remoteDescription] = this.#stable;
    this.signalingState = 'stable';
  }
}

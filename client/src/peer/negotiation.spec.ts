import { describe, expect, it } from '@jest/globals';
import type { ParleyError } from '../errors.js';
import type { SendResult } from '../signals/send-result.js';
import { FakePeerConnection } from '../testing/fake-peer-connection.js';
import { settle, VirtualClock } from '../testing/virtual-clock.js';
import { NEGOTIATION_RULES, Negotiation, type NegotiationKind } from './negotiation.js';

interface Side {
  readonly connection: FakePeerConnection;
  readonly negotiation: Negotiation;
  readonly errors: ParleyError[];
  readonly sent: { readonly kind: NegotiationKind; readonly body: { readonly sdp?: string } }[];
  /** What the next sends give; delivered without it. */
  outcome: SendResult;
  /** Whether its offers would arrive. */
  mayOffer: boolean;
  /** Signals under way to the other side, until `deliver`. */
  readonly wire: { readonly kind: NegotiationKind; readonly body: object }[];
}

const clock = () => new VirtualClock();

const side = (time: VirtualClock, polite: boolean): Side => {
  const connection = new FakePeerConnection();
  const made: Omit<Side, 'negotiation'> = {
    connection,
    errors: [],
    sent: [],
    wire: [],
    outcome: { result: 'delivered' },
    mayOffer: true,
  };
  const whole = made as Side;
  const negotiation = new Negotiation({
    connection: connection as unknown as RTCPeerConnection,
    token: polite ? 'polite' : 'impolite',
    clock: time,
    polite: () => polite,
    opens: !polite,
    mayOffer: () => whole.mayOffer,
    send: (kind, body) => {
      whole.sent.push({ kind, body });
      if (whole.outcome.result === 'delivered') whole.wire.push({ kind, body });
      return Promise.resolve(whole.outcome);
    },
    report: (error) => whole.errors.push(error),
  });
  return Object.assign(whole, { negotiation });
};

const pair = () => {
  const time = clock();
  return { time, polite: side(time, true), impolite: side(time, false) };
};

const deliver = async (from: Side, to: Side) => {
  for (const { kind, body } of from.wire.splice(0)) to.negotiation.receive(kind, JSON.parse(JSON.stringify(body)));
  await settle();
};

const settleAll = async (one: Side, other: Side) => {
  await settle();
  for (let round = 0; round < 10; round++) {
    await deliver(one, other);
    await deliver(other, one);
  }
};

const kinds = ({ sent }: Side) => sent.map(({ kind }) => kind);

describe('a negotiation', () => {
  it('lets the earlier peer offer and the later one answer, if both need a negotiation', async () => {
    const { polite, impolite } = pair();
    polite.connection.need();
    impolite.connection.need();
    await settleAll(impolite, polite);
    expect(kinds(impolite)[0]).toBe('offer');
    expect(kinds(polite)[0]).toBe('answer');
    expect([polite.connection.signalingState, impolite.connection.signalingState]).toEqual(['stable', 'stable']);
  });

  it('lets the later peer offer if the other side does not within 3 s', async () => {
    const { polite, time } = pair();
    polite.connection.need();
    await settle();
    expect(polite.sent).toEqual([]);
    await time.advanceAsync(NEGOTIATION_RULES.openMs);
    expect(kinds(polite)).toEqual(['offer']);
  });

  it('ends in one agreement when both offer at once, and the polite side gets its turn after', async () => {
    const { polite, impolite } = pair();
    impolite.connection.need();
    await settleAll(impolite, polite);
    polite.sent.length = 0;
    impolite.sent.length = 0;
    polite.connection.need();
    impolite.connection.need();
    await settle();
    expect([kinds(polite), kinds(impolite)]).toEqual([['offer'], ['offer']]);
    await settleAll(polite, impolite);
    expect(kinds(polite)).toEqual(['offer', 'answer', 'offer']);
    expect(kinds(impolite)).toEqual(['offer', 'answer']);
    expect([polite.connection.signalingState, impolite.connection.signalingState]).toEqual(['stable', 'stable']);
    expect([...polite.errors, ...impolite.errors]).toEqual([]);
  });

  it('does not complain about candidates of an offer that it ignored', async () => {
    const { polite, impolite } = pair();
    impolite.connection.need();
    await settle();
    polite.connection.dispatchEvent(new Event('negotiationneeded'));
    impolite.negotiation.receive('offer', { type: 'offer', sdp: 'collides' });
    impolite.connection.remoteDescription = { type: 'answer', sdp: 'old' };
    impolite.connection.addIceCandidate = () => Promise.reject(new Error('unknown ufrag'));
    impolite.negotiation.receive('candidate', { candidate: 'c' });
    await settle();
    expect(impolite.errors).toEqual([]);
  });

  it('keeps candidates that come before a description, at most 256', async () => {
    const { polite } = pair();
    for (let n = 0; n < 300; n++) polite.negotiation.receive('candidate', { candidate: `c${n}` });
    await settle(2_000);
    polite.negotiation.receive('offer', { type: 'offer', sdp: 's' });
    await settle(2_000);
    expect(polite.connection.candidates).toHaveLength(256);
    expect(polite.connection.candidates[0]).toEqual({ candidate: 'c0' });
  });

  it('sends each candidate, and the end of them once', () => {
    const { impolite } = pair();
    impolite.connection.gather({ candidate: 'c1' });
    impolite.connection.gather({ candidate: '' });
    impolite.connection.gather(null);
    expect(kinds(impolite)).toEqual(['candidate', 'end_of_candidates']);
  });

  it('offers again when it is not known whether an offer arrived', async () => {
    const { impolite, time } = pair();
    impolite.outcome = { result: 'unknown', why: 'timeout' };
    impolite.connection.need();
    await settle();
    impolite.outcome = { result: 'delivered' };
    await time.advanceAsync(1);
    expect(kinds(impolite)).toEqual(['offer', 'offer']);
    expect(impolite.connection.signalingState).toBe('have-local-offer');
  });

  it('takes an offer back that was delivered and never answered', async () => {
    const { impolite, time } = pair();
    impolite.connection.need();
    await settle();
    await time.advanceAsync(NEGOTIATION_RULES.answerMs);
    expect(kinds(impolite)).toEqual(['offer', 'offer']);
  });

  it('takes an offer back that the policy refused, reports it, and does not insist', async () => {
    const { impolite, time } = pair();
    impolite.outcome = { result: 'rejected', code: 'forbidden' };
    impolite.connection.need();
    await time.advanceAsync(100_000);
    expect(kinds(impolite)).toEqual(['offer']);
    expect(impolite.connection.signalingState).toBe('stable');
    expect(impolite.errors).toMatchObject([{ code: 'forbidden' }]);
  });

  it('waits with what it wants while its offers would be denied, and answers meanwhile', async () => {
    const { polite, impolite } = pair();
    impolite.mayOffer = false;
    impolite.connection.need();
    await settleAll(impolite, polite);
    expect(kinds(impolite)).toEqual([]);
    impolite.negotiation.receive('offer', { type: 'offer', sdp: 's' });
    await settle();
    expect(kinds(impolite)).toEqual(['answer']);
    impolite.mayOffer = true;
    impolite.negotiation.permitted();
    await settle();
    expect(kinds(impolite)).toEqual(['answer', 'offer']);
  });

  it('makes an offer that was denied again when it may', async () => {
    const { impolite, time } = pair();
    impolite.outcome = { result: 'rejected', code: 'forbidden' };
    impolite.connection.need();
    await time.advanceAsync(1);
    impolite.outcome = { result: 'delivered' };
    impolite.negotiation.permitted();
    await settle();
    expect(kinds(impolite)).toEqual(['offer', 'offer']);
  });

  it('reports an invalid signal from a peer, and continues', async () => {
    const { polite } = pair();
    polite.negotiation.receive('offer', null);
    polite.negotiation.receive('offer', { type: 'offer', sdp: 5 });
    polite.negotiation.receive('offer', { type: 'offer', sdp: 'good' });
    await settle(50);
    expect(polite.errors.map(({ code }) => code)).toEqual(['bad_message', 'bad_message']);
    expect(kinds(polite)).toEqual(['answer']);
  });

  it('bounds what waits for the browser', async () => {
    const { polite } = pair();
    polite.connection.setRemoteDescription = () => new Promise(() => {});
    for (let n = 0; n < NEGOTIATION_RULES.queue + 1; n++) polite.negotiation.receive('offer', { sdp: 's' });
    expect(polite.errors).toMatchObject([{ code: 'rate_limited' }]);
  });

  it('leaves no timer behind', async () => {
    const { polite, impolite, time } = pair();
    impolite.connection.need();
    await settleAll(impolite, polite);
    polite.negotiation.close();
    impolite.negotiation.close();
    expect(time.timers).toBe(0);
  });
});

import { randomUUID } from 'node:crypto';
import type { BridgeFactory, BridgeRequest, BridgeResponse } from '../bridge.js';
import { admit, tenantOf } from './admission.js';
import { emptyPeerjsCounters } from './counters.js';
import { PeerjsClient } from './peerjs.client.js';
import { peerjsSettings } from './settings.js';

/** The fixed word in the path of the WebSocket, and the client's default key. */
const WORD = 'peerjs';

const json = (status: number, value: unknown): BridgeResponse => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});
const ABOUT = {
  name: 'PeerJS Server',
  description: 'Parley speaks the protocol of PeerServer here.',
  website: 'https://peerjs.com/',
};

/** PeerServer's protocol, for unmodified PeerJS clients on any node: docs/peerjs.md. */
export const peerjsBridge: BridgeFactory = ({ config, verifier, names }) => {
  const settings = peerjsSettings(config);
  if (settings === undefined) return undefined;
  const { path } = settings;
  const counters = emptyPeerjsCounters();
  // A client with `path: '/'`, its default, asks for /peerjs and /peerjs/id: the path is the word itself then.
  const isWord = path.endsWith(`/${WORD}`);

  const answer = async ({ path: asked }: BridgeRequest): Promise<BridgeResponse | undefined> => {
    const parts = asked.slice(path.length).split('/').filter(Boolean);
    if (parts.length === 0) return json(200, ABOUT);
    const [key, what] = parts.length === 1 && isWord ? [WORD, parts[0]] : parts;
    if (parts.length > 2 || key === undefined) return undefined;
    if (what === 'id') return { status: 200, type: 'text/plain; charset=utf-8', body: randomUUID() };
    if (what !== 'peers') return undefined;
    const tenant = settings.discovery ? await tenantOf(key, settings, verifier) : undefined;
    return tenant === undefined ? json(401, { error: 'unauthorized' }) : json(200, await names.list(tenant));
  };

  return {
    name: 'peerjs',
    path,
    counters,
    matches: (asked) => asked === `${path}/${WORD}` || (isWord && asked === path),
    enter: (socket, { query }) => new PeerjsClient(socket, names, counters, admit(query, settings, verifier)),
    answer,
    stop: () => names.settled(),
  };
};

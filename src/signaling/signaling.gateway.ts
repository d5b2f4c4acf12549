import type { IncomingMessage } from 'node:http';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import { SIGNALING_PATH } from '@parley/protocol';
import { ConnectionQuota } from '../websocket/connection-quota.js';
import type { ServerWebSocket } from '../websocket/server-web-socket.js';
import { WebSocketWriter } from '../websocket/web-socket-writer.js';
import { SignalingNode } from './signaling-node.js';

/**
 * The life of a socket, and nothing else. Frames do not pass Nest's own pipeline (docs/adr/0002): it handles
 * frames of one client out of order, answers faults with the client's own data, and costs three times the relay.
 */
@WebSocketGateway({ path: SIGNALING_PATH })
export class SignalingGateway implements OnGatewayConnection<ServerWebSocket> {
  constructor(
    private readonly node: SignalingNode,
    private readonly quota: ConnectionQuota,
  ) {}

  handleConnection(ws: ServerWebSocket, { socket: tcp }: IncomingMessage): void {
    const session = this.node.accept(new WebSocketWriter(ws, tcp));
    const lease = this.quota.leaseOf(tcp);
    session.quotaLease = lease;
    session.address = lease?.address ?? tcp.remoteAddress;
    ws.attach(session, tcp);
  }
}

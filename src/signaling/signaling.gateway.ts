import type { IncomingMessage } from 'node:http';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import { CLOSE_CODES, SIGNALING_PATH } from '@parley/protocol';
import type { ServerSocket } from '../websocket/client-socket.js';
import { ConnectionQuota } from '../websocket/connection-quota.js';
import { SignalingNode } from './signaling-node.js';
import { hasTokenInUrl } from './token-in-url.js';

/**
 * The life of a socket, and nothing else. Frames do not pass Nest's own pipeline (docs/adr/0002): it handles
 * frames of one client out of order, answers faults with the client's own data, and costs three times the relay.
 */
@WebSocketGateway({ path: SIGNALING_PATH })
export class SignalingGateway implements OnGatewayConnection<ServerSocket> {
  constructor(
    private readonly node: SignalingNode,
    private readonly quota: ConnectionQuota,
  ) {}

  handleConnection(socket: ServerSocket, { socket: tcp, url }: IncomingMessage): void {
    const session = this.node.accept(socket);
    const lease = this.quota.leaseOf(tcp);
    session.quotaLease = lease;
    session.address = lease?.address ?? tcp.remoteAddress;
    socket.attach(session);
    if (!hasTokenInUrl(url)) return;
    session.sendError('token_in_url');
    session.close(CLOSE_CODES.tokenInUrl, 'token_in_url');
  }
}

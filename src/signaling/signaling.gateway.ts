import type { IncomingMessage } from 'node:http';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import { SIGNALING_PATH } from '@parley/protocol';
import { ConnectionQuota } from '../websocket/connection-quota.js';
import type { ServerWebSocket } from '../websocket/server-web-socket.js';
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

  handleConnection(socket: ServerWebSocket, request: IncomingMessage): void {
    this.node.opened(socket, request.socket, this.quota.leaseOf(request.socket));
  }
}

import { ApiProperty } from '@nestjs/swagger';
import type { IceServer, IceServers } from '@parley/protocol';
import type { Every, SameAsProtocol } from '../../schema/static-type.js';

class IceServerResponse {
  @ApiProperty({ type: [String], example: ['turn:turn.example.org:3478?transport=udp'] })
  readonly urls!: string | string[];

  @ApiProperty({ required: false, example: '1795428000:u_4fQ9sLk2VbX8mZ1rTy6A' })
  readonly username?: string;

  @ApiProperty({ required: false, example: 'q5Xm0pR8tLw2yVb7Nn4sZk1cJ6o=' })
  readonly credential?: string;
}

/** ICE servers as RTCPeerConnection takes them; TURN credentials expire. */
export class IceServersResponse {
  @ApiProperty({ type: [IceServerResponse] })
  readonly iceServers!: IceServerResponse[];
}

/** Compiles only while REST and the gateway describe ICE servers alike. */
export type IceResponsesMatchTheProtocol = Every<{
  server: SameAsProtocol<IceServerResponse, IceServer>;
  servers: SameAsProtocol<IceServersResponse, Pick<IceServers, 'iceServers'>>;
}>;

import { Body, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation } from '@nestjs/swagger';
import type { RoomId } from '@parley/protocol';
import { ApiProblems } from '../../http/api-problems.js';
import { Rest } from '../../http/rest.js';
import { RoomIdPipe } from '../room-id.pipe.js';
import { RoomsService } from '../rooms.service.js';
import type { Actor } from './actor.js';
import { ApiModeration } from './api-moderation.js';
import { CurrentActor } from './current-actor.js';
import { KickRequest, LockRequest, MuteRequest, PermitRequest } from './dto/moderation.requests.js';
import { MembersService } from './members.service.js';
import { RemovalsService } from './removals.service.js';

@Rest('v1/rooms/:id', 'moderation')
export class ModerationController {
  constructor(
    private readonly removals: RemovalsService,
    private readonly members: MembersService,
    private readonly rooms: RoomsService,
  ) {}

  @Post('kick')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({
    summary: 'Kick a user; they may rejoin with a newer token',
    description:
      'A membership that an invite gave ends, and the invites that admitted the user no longer do. A role that the owner gave stays.',
  })
  @ApiNoContentResponse()
  @ApiProblems('peer_unknown')
  kick(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId, @Body() body: KickRequest): Promise<void> {
    return this.removals.kick(by, id, body, body.reason);
  }

  @Post('mute')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({ summary: 'Ask a peer to mute itself; its application decides' })
  @ApiNoContentResponse()
  @ApiProblems('peer_unknown')
  mute(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId, @Body() { peer }: MuteRequest): Promise<void> {
    return this.members.mute(by, id, peer);
  }

  @Post('permit')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({ summary: 'Revoke or restore the permission to publish or to chat' })
  @ApiNoContentResponse()
  @ApiProblems('peer_unknown')
  permit(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId, @Body() body: PermitRequest): Promise<void> {
    return this.members.permit(by, id, body, body);
  }

  @Post('lock')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({ summary: 'Lock or unlock a room' })
  @ApiNoContentResponse()
  async lock(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Body() { locked }: LockRequest,
  ): Promise<void> {
    await this.rooms.lock(by, id, locked);
  }
}

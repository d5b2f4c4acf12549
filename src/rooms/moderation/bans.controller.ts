import { Body, Delete, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { RoomId } from '@parley/protocol';
import { ApiProblems } from '../../http/api-problems.js';
import { Rest } from '../../http/rest.js';
import { RoomIdPipe } from '../room-id.pipe.js';
import type { Actor } from './actor.js';
import { ApiModeration } from './api-moderation.js';
import { CurrentActor } from './current-actor.js';
import { BanRequest } from './dto/moderation.requests.js';
import { BansResponse } from './dto/moderation.responses.js';
import { RemovalsService } from './removals.service.js';
import { UserIdPipe } from './user-id.pipe.js';

@Rest('v1/rooms/:id/bans', 'moderation')
export class BansController {
  constructor(private readonly removals: RemovalsService) {}

  @Get()
  @ApiModeration()
  @ApiOperation({ summary: 'List bans' })
  @ApiOkResponse({ type: BansResponse })
  async list(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId): Promise<BansResponse> {
    const bans = await this.removals.bans(by, id);
    return {
      bans: bans.map(({ user, reason, by: moderator, until, createdAt }) => ({
        ...{ user, reason, by: moderator, until: until?.toISOString() ?? null, createdAt: createdAt.toISOString() },
      })),
    };
  }

  @Post()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({
    summary: 'Ban a user or guest and remove them from the room',
    description: 'The invites that the user created for the room end, also if the ban is lifted later.',
  })
  @ApiNoContentResponse()
  @ApiProblems('peer_unknown')
  ban(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId, @Body() body: BanRequest): Promise<void> {
    const until = typeof body.until === 'string' ? new Date(body.until) : null;
    return this.removals.ban(by, id, body, { reason: body.reason, until });
  }

  @Delete(':user')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiParam({ name: 'user', example: 'u_4fQ9sLk2VbX8mZ1rTy6A' })
  @ApiOperation({ summary: 'Lift a ban' })
  @ApiNoContentResponse()
  @ApiProblems('not_found')
  unban(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Param('user', UserIdPipe) user: string,
  ): Promise<void> {
    return this.removals.unban(by, id, user);
  }
}

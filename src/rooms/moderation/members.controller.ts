import { Body, Delete, Get, HttpCode, HttpStatus, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { RoomId } from '@parley/protocol';
import { ApiProblems } from '../../http/api-problems.js';
import { Rest } from '../../http/rest.js';
import { RoomIdPipe } from '../room-id.pipe.js';
import type { Actor } from './actor.js';
import { ApiModeration } from './api-moderation.js';
import { CurrentActor } from './current-actor.js';
import { ListMembersQuery, SetMemberRequest } from './dto/moderation.requests.js';
import { MembersResponse } from './dto/moderation.responses.js';
import { MembersService } from './members.service.js';
import { UserIdPipe } from './user-id.pipe.js';

const USER = { name: 'user', example: 'u_4fQ9sLk2VbX8mZ1rTy6A' };

@Rest('v1/rooms/:id/members', 'moderation')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @ApiModeration()
  @ApiOperation({ summary: 'List members and their roles' })
  @ApiOkResponse({ type: MembersResponse })
  list(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Query() { after }: ListMembersQuery,
  ): Promise<MembersResponse> {
    return this.members.list(by, id, after);
  }

  @Put(':user')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiParam(USER)
  @ApiOperation({ summary: "Set a user's role to moderator or member" })
  @ApiNoContentResponse()
  @ApiProblems('conflict')
  set(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Param('user', UserIdPipe) user: string,
    @Body() { role }: SetMemberRequest,
  ): Promise<void> {
    return this.members.set(by, id, user, role);
  }

  @Delete(':user')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiParam(USER)
  @ApiOperation({ summary: 'Remove a member; a room that is not open also kicks them' })
  @ApiNoContentResponse()
  @ApiProblems('not_found')
  remove(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Param('user', UserIdPipe) user: string,
  ): Promise<void> {
    return this.members.remove(by, id, user);
  }
}

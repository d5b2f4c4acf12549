import { Body, Delete, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { ID_PATTERN, ProtocolError, type RoomId } from '@parley/protocol';
import { ApiProblems } from '../../http/api-problems.js';
import { Rest } from '../../http/rest.js';
import { RoomIdPipe } from '../room-id.pipe.js';
import type { Actor } from './actor.js';
import { ApiModeration } from './api-moderation.js';
import { CurrentActor } from './current-actor.js';
import { AcceptInviteRequest, CreateInviteRequest } from './dto/moderation.requests.js';
import {
  AcceptedInviteResponse,
  InviteResponse,
  InvitesResponse,
  NewInviteResponse,
} from './dto/moderation.responses.js';
import { InvitesService } from './invites.service.js';
import type { Invite } from './invites.store.js';

const WEEK_SECONDS = 604_800;

@Rest('v1', 'moderation')
export class InvitesController {
  constructor(private readonly invites: InvitesService) {}

  @Post('rooms/:id/invites')
  @ApiModeration()
  @ApiOperation({ summary: 'Create an invite; its token is shown only once' })
  @ApiCreatedResponse({ type: NewInviteResponse })
  @ApiProblems('conflict')
  async create(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Body() { role = 'member', uses = null, expiresInSeconds = WEEK_SECONDS }: CreateInviteRequest,
  ): Promise<NewInviteResponse> {
    const { invite, token } = await this.invites.create(by, id, { role, uses, expiresInSeconds });
    return { ...describe(invite), token, url: `/#/rooms/${id}?invite=${token}` };
  }

  @Get('rooms/:id/invites')
  @ApiModeration()
  @ApiOperation({ summary: 'List valid invites' })
  @ApiOkResponse({ type: InvitesResponse })
  async list(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId): Promise<InvitesResponse> {
    return { invites: (await this.invites.list(by, id)).map(describe) };
  }

  @Delete('rooms/:id/invites/:invite')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiParam({ name: 'invite', example: 'k3J9xQ2bLw7Z' })
  @ApiOperation({ summary: 'Revoke an invite' })
  @ApiNoContentResponse()
  @ApiProblems('not_found')
  async revoke(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Param('invite') invite: string,
  ): Promise<void> {
    if (!ID_PATTERN.test(invite)) throw new ProtocolError('not_found');
    await this.invites.revoke(by, id, invite);
  }

  @Post('invites/accept')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Accept an invite: users become members, guests are admitted' })
  @ApiOkResponse({ type: AcceptedInviteResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'invite_invalid', 'banned', 'guests_not_allowed')
  async accept(@CurrentActor() by: Actor, @Body() { token }: AcceptInviteRequest): Promise<AcceptedInviteResponse> {
    return { room: await this.invites.accept(by, token) };
  }
}

const describe = ({ id, role, usesLeft, expiresAt, by }: Invite): InviteResponse => ({
  ...{ id, role, usesLeft, expiresAt: expiresAt?.toISOString() ?? null, by },
});

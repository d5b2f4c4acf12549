import { Body, Delete, Get, Headers, HttpCode, HttpStatus, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
} from '@nestjs/swagger';
import type { RoomId } from '@parley/protocol';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal } from '../auth/current-principal.js';
import type { Principal } from '../auth/principal.js';
import { Public } from '../auth/public.js';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import { CreateRoomRequest, ListRoomsQuery, UpdateRoomRequest } from './dto/room.requests.js';
import { ParticipantsResponse, RoomPageResponse, RoomPreviewResponse, RoomResponse } from './dto/room.responses.js';
import { JOIN_REFUSALS } from './join-refusals.js';
import type { Actor } from './moderation/actor.js';
import { CurrentActor } from './moderation/current-actor.js';
import { etagOf } from './room-etag.js';
import { RoomIdPipe } from './room-id.pipe.js';
import { RoomOccupancy } from './room-occupancy.js';
import { RoomsService } from './rooms.service.js';
import type { Room } from './rooms.store.js';

const ETAG = {
  etag: { description: "The room's version, for If-Match.", schema: { type: 'string', example: '"v3"' } },
} as const;
const ID = { name: 'id', example: 'k3J9xQ2bLw7Z' };

@Rest('v1/rooms', 'rooms')
export class RoomsController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly occupancy: RoomOccupancy,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Create a room' })
  @ApiCreatedResponse({ type: RoomResponse, headers: ETAG })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', 'too_many_rooms')
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateRoomRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RoomResponse> {
    const room = await this.rooms.create(principal, body);
    void reply.header('location', `/v1/rooms/${room.id}`);
    return this.show(room, reply);
  }

  @Get()
  @ApiOperation({
    summary: 'List public rooms and your own',
    description: 'Newest first. A page has fewer rooms than `limit` when the policy hides some of them.',
  })
  @ApiOkResponse({ type: RoomPageResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired')
  async list(@CurrentPrincipal() principal: Principal, @Query() query: ListRoomsQuery): Promise<RoomPageResponse> {
    const { rooms, nextCursor } = await this.rooms.list(principal, query);
    return { items: await Promise.all(rooms.map((room) => this.describe(room))), nextCursor };
  }

  @Get(':id')
  @ApiParam(ID)
  @ApiOperation({ summary: 'Get a room' })
  @ApiOkResponse({ type: RoomResponse, headers: ETAG })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', ...JOIN_REFUSALS, 'room_not_found')
  async read(
    @CurrentPrincipal() principal: Principal,
    @Param('id', RoomIdPipe) id: RoomId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RoomResponse> {
    return this.show(await this.rooms.permit(principal, 'room.read', id), reply);
  }

  @Patch(':id')
  @ApiParam(ID)
  @ApiHeader({
    name: 'if-match',
    required: true,
    description: 'The ETag of the version that the change is based on.',
    example: '"v3"',
  })
  @ApiOperation({ summary: 'Update a room, unless it was changed since it was read' })
  @ApiOkResponse({ type: RoomResponse, headers: ETAG })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', 'room_not_found')
  @ApiProblems('precondition_required', 'precondition_failed')
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: UpdateRoomRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RoomResponse> {
    return this.show(await this.rooms.update(actor, id, ifMatch, body), reply);
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiParam(ID)
  @ApiOperation({ summary: 'Delete a room and remove its participants' })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', 'room_not_found')
  remove(@CurrentActor() actor: Actor, @Param('id', RoomIdPipe) id: RoomId): Promise<void> {
    return this.rooms.remove(actor, id);
  }

  @Public()
  @Get(':id/preview')
  @ApiParam(ID)
  @ApiOperation({
    summary: 'Preview a room without logging in',
    description: 'A room that the grant of a token created is shown only if it allows guests.',
  })
  @ApiOkResponse({ type: RoomPreviewResponse })
  @ApiProblems('room_not_found')
  async preview(@Param('id', RoomIdPipe) id: RoomId): Promise<RoomPreviewResponse> {
    const { name, guestsAllowed, access, locked } = await this.rooms.preview(id);
    return { id, name, guestsAllowed, access, locked };
  }

  @Get(':id/participants')
  @ApiParam(ID)
  @ApiOperation({ summary: "List a room's current participants" })
  @ApiOkResponse({ type: ParticipantsResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', ...JOIN_REFUSALS, 'room_not_found')
  async participants(
    @CurrentPrincipal() principal: Principal,
    @Param('id', RoomIdPipe) id: RoomId,
  ): Promise<ParticipantsResponse> {
    await this.rooms.permit(principal, 'participants.read', id);
    return this.occupancy.participants(id);
  }

  private show(room: Room, reply: FastifyReply): Promise<RoomResponse> {
    void reply.header('etag', etagOf(room.version));
    return this.describe(room);
  }

  private async describe(room: Room): Promise<RoomResponse> {
    const { id, name, owner, capacity, guestsAllowed, listed, access, locked, endWhenEmptySeconds, metadata } = room;
    const [createdAt, endsAt] = [room.createdAt.toISOString(), room.endsAt?.toISOString() ?? null];
    const participants = await this.occupancy.count(id);
    return {
      ...{ id, name, owner, capacity, guestsAllowed, listed, access, locked },
      ...{ endsAt, endWhenEmptySeconds, metadata, createdAt, participants },
    };
  }
}

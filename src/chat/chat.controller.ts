import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { RoomId } from '@parley/protocol';
import { CurrentPrincipal } from '../auth/current-principal.js';
import type { Principal } from '../auth/principal.js';
import { ApiProblems } from '../http/api-problems.js';
import { Rest } from '../http/rest.js';
import { JOIN_REFUSALS } from '../rooms/join-refusals.js';
import { RoomIdPipe } from '../rooms/room-id.pipe.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { ChatLog } from './chat-log.js';
import { MessagesQuery } from './dto/messages.query.js';
import { MessagesResponse } from './dto/messages.response.js';

@Rest('v1/rooms/:id/messages', 'rooms')
export class ChatController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly chat: ChatLog,
  ) {}

  @Get()
  @ApiParam({ name: 'id', example: 'k3J9xQ2bLw7Z' })
  @ApiOperation({ summary: "List a room's chat messages" })
  @ApiOkResponse({ type: MessagesResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden', ...JOIN_REFUSALS, 'room_not_found')
  async page(
    @CurrentPrincipal() principal: Principal,
    @Param('id', RoomIdPipe) id: RoomId,
    @Query() { after, limit }: MessagesQuery,
  ): Promise<MessagesResponse> {
    await this.rooms.permit(principal, 'messages.read', id);
    return this.chat.page(id, after, limit);
  }
}

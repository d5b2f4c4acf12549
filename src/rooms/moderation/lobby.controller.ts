import { Body, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { RoomId } from '@parley/protocol';
import { ApiProblems } from '../../http/api-problems.js';
import { Rest } from '../../http/rest.js';
import { RoomIdPipe } from '../room-id.pipe.js';
import type { Actor } from './actor.js';
import { ApiModeration } from './api-moderation.js';
import { CurrentActor } from './current-actor.js';
import { AnswerKnockRequest } from './dto/moderation.requests.js';
import { LobbyResponse } from './dto/moderation.responses.js';
import { LobbyService } from './lobby.service.js';

@Rest('v1/rooms/:id/lobby', 'moderation')
export class LobbyController {
  constructor(private readonly lobby: LobbyService) {}

  @Get()
  @ApiModeration()
  @ApiOperation({ summary: 'List users waiting in the lobby, longest wait first' })
  @ApiOkResponse({ type: LobbyResponse })
  async list(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId): Promise<LobbyResponse> {
    return { knocks: await this.lobby.list(by, id) };
  }

  @Post()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({ summary: 'Admit or deny a waiting user' })
  @ApiNoContentResponse()
  @ApiProblems('not_found')
  answer(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Body() { knock, admit }: AnswerKnockRequest,
  ): Promise<void> {
    return this.lobby.answer(by, id, knock, admit);
  }
}

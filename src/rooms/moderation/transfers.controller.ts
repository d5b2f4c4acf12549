import { Body, Delete, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { RoomId } from '@parley/protocol';
import { ApiProblems } from '../../http/api-problems.js';
import { Rest } from '../../http/rest.js';
import { RoomIdPipe } from '../room-id.pipe.js';
import type { Actor } from './actor.js';
import { ApiModeration } from './api-moderation.js';
import { CurrentActor } from './current-actor.js';
import { TransferRequest } from './dto/moderation.requests.js';
import { TransferResponse, TransfersResponse } from './dto/moderation.responses.js';
import { TransfersService } from './transfers.service.js';
import type { Transfer } from './transfers.store.js';

@Rest('v1', 'moderation')
export class TransfersController {
  constructor(private readonly transfers: TransfersService) {}

  @Post('rooms/:id/transfer')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiModeration()
  @ApiOperation({
    summary: "Offer a room's ownership to a member",
    description:
      'Nothing changes until the member accepts; then the previous owner becomes a moderator. An offer replaces an earlier one of the same room, and expires after a week.',
  })
  @ApiAcceptedResponse({ type: TransferResponse })
  @ApiProblems('not_found', 'conflict')
  async offer(
    @CurrentActor() by: Actor,
    @Param('id', RoomIdPipe) id: RoomId,
    @Body() { user }: TransferRequest,
  ): Promise<TransferResponse> {
    return describe(await this.transfers.offer(by, id, user));
  }

  @Get('rooms/:id/transfer')
  @ApiModeration()
  @ApiOperation({ summary: "Get the offer of a room's ownership (its owner and the member whom it is for)" })
  @ApiOkResponse({ type: TransferResponse })
  @ApiProblems('not_found')
  async read(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId): Promise<TransferResponse> {
    return describe(await this.transfers.read(by, id));
  }

  @Delete('rooms/:id/transfer')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({ summary: "Withdraw the offer of a room's ownership" })
  @ApiNoContentResponse()
  @ApiProblems('not_found')
  withdraw(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId): Promise<void> {
    return this.transfers.withdraw(by, id);
  }

  @Post('rooms/:id/transfer/accept')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({ summary: "Accept a room's ownership; the previous owner becomes a moderator" })
  @ApiNoContentResponse()
  @ApiProblems('not_found', 'too_many_rooms')
  accept(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId): Promise<void> {
    return this.transfers.accept(by, id);
  }

  @Post('rooms/:id/transfer/decline')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiModeration()
  @ApiOperation({ summary: "Decline a room's ownership" })
  @ApiNoContentResponse()
  @ApiProblems('not_found')
  decline(@CurrentActor() by: Actor, @Param('id', RoomIdPipe) id: RoomId): Promise<void> {
    return this.transfers.decline(by, id);
  }

  @Get('transfers')
  @ApiOperation({ summary: 'List the rooms whose ownership is offered to you' })
  @ApiOkResponse({ type: TransfersResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden')
  async list(@CurrentActor() by: Actor): Promise<TransfersResponse> {
    return { transfers: (await this.transfers.list(by)).map(describe) };
  }
}

const describe = ({ room, roomName, from, to, expiresAt }: Transfer): TransferResponse => ({
  ...{ room, roomName, from, to, expiresAt: expiresAt.toISOString() },
});

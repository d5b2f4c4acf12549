import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { RoomId } from '@parley/protocol';
import { CurrentPrincipal } from '../auth/current-principal.js';
import type { Principal } from '../auth/principal.js';
import { ApiProblems } from '../http/api-problems.js';
import { momentOf } from '../http/moment.js';
import { Rest } from '../http/rest.js';
import { ApiModeration } from '../rooms/moderation/api-moderation.js';
import { RoomIdPipe } from '../rooms/room-id.pipe.js';
import { type AuditPage, AuditService } from './audit.service.js';
import { AuditQuery, RoomAuditQuery } from './dto/audit.queries.js';
import { AuditPageResponse } from './dto/audit.responses.js';

@Rest('v1', 'audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get('rooms/:id/audit')
  @ApiModeration()
  @ApiOperation({ summary: "List a room's audit entries, newest first (owners only)" })
  @ApiOkResponse({ type: AuditPageResponse })
  async ofRoom(
    @CurrentPrincipal() principal: Principal,
    @Param('id', RoomIdPipe) id: RoomId,
    @Query() query: RoomAuditQuery,
  ): Promise<AuditPageResponse> {
    return show(await this.audit.ofRoom(principal, id, query));
  }

  @Get('audit')
  @ApiOperation({ summary: 'List all audit entries, newest first (administrators only)' })
  @ApiOkResponse({ type: AuditPageResponse })
  @ApiProblems('unauthenticated', 'token_invalid', 'token_expired', 'forbidden')
  async ofServer(
    @CurrentPrincipal() principal: Principal,
    @Query() { from, to, room, actor, target, action, cursor, limit }: AuditQuery,
  ): Promise<AuditPageResponse> {
    const filter = { room, actor, target, action, from: dateOf(from), to: dateOf(to) };
    return show(await this.audit.ofServer(principal, filter, { cursor, limit }));
  }
}

const dateOf = (moment: string | undefined): Date | undefined =>
  moment === undefined ? undefined : new Date(momentOf(moment));

const show = ({ entries, nextCursor }: AuditPage): AuditPageResponse => ({
  items: entries.map(({ at, lastAt, ...entry }) => ({
    ...{ ...entry, at: at.toISOString(), lastAt: (lastAt ?? at).toISOString() },
  })),
  nextCursor,
});

import { Controller, Get, HttpStatus, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/public.js';
import type { Bus } from '../bus/bus.js';
import { BUS } from '../bus/bus.tokens.js';
import { DatabaseConnection } from '../database/database-connection.js';
import type { Presence } from '../presence/presence.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { Drain } from '../websocket/drain.js';

/** Liveness and readiness for load balancers and orchestrators. */
@ApiTags('operations')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(PRESENCE) private readonly presence: Presence,
    @Inject(BUS) private readonly bus: Bus,
    private readonly drain: Drain,
    private readonly database: DatabaseConnection,
  ) {}

  /** Liveness. It does not depend on Redis or PostgreSQL: their outage must not restart every node. */
  @Get('live')
  @ApiOperation({ summary: 'Check liveness' })
  @ApiOkResponse({ example: { status: 'ok' } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /**
   * Readiness for new sockets. It does not depend on PostgreSQL: calls and signaling go on without it. But it tells
   * whether the database answers, and if not, why.
   */
  @Get('ready')
  @ApiOperation({ summary: 'Check readiness' })
  @ApiOkResponse({ example: { status: 'ready', presence: true, bus: true, draining: false, database: 'ok' } })
  @ApiServiceUnavailableResponse({
    example: { status: 'not_ready', presence: false, bus: false, draining: false, database: 'unreachable' },
  })
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const draining = this.drain.started;
    const { presence, bus } = { presence: this.presence.available, bus: this.bus.available };
    const ready = presence && bus && !draining;
    reply.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return { status: ready ? 'ready' : 'not_ready', presence, bus, draining, database: this.database.fault ?? 'ok' };
  }
}

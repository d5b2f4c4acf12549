import { Controller, Get, HttpStatus, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/public.js';
import type { Bus } from '../bus/bus.js';
import { BUS } from '../bus/bus.tokens.js';
import type { Presence } from '../presence/presence.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { Drain } from '../websocket/drain.js';

/** What load balancers and orchestrators ask. */
@ApiTags('operations')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(PRESENCE) private readonly presence: Presence,
    @Inject(BUS) private readonly bus: Bus,
    private readonly drain: Drain,
  ) {}

  /** The process lives. It never asks Redis or PostgreSQL: an outage of theirs must not restart the fleet. */
  @Get('live')
  @ApiOkResponse({ example: { status: 'ok' } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** New sockets may be sent here. PostgreSQL is not asked: calls and signaling go on without it. */
  @Get('ready')
  @ApiOkResponse({ example: { status: 'ready', presence: true, bus: true, draining: false } })
  @ApiServiceUnavailableResponse({ example: { status: 'not_ready', presence: false, bus: false, draining: false } })
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const draining = this.drain.started;
    const { presence, bus } = { presence: this.presence.available, bus: this.bus.available };
    const ready = presence && bus && !draining;
    reply.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return { status: ready ? 'ready' : 'not_ready', presence, bus, draining };
  }
}

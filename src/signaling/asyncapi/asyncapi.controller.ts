import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ProtocolError } from '@parley/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/public.js';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { CachedDocument } from '../../http/cached-document.js';
import { asyncApi } from './asyncapi.js';

/** Serves `/docs/asyncapi.json`: the frames of `/v1/signaling`, with the limits of this node. */
@ApiExcludeController()
@Public()
@Controller('docs')
export class AsyncApiController {
  private readonly document: CachedDocument;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.document = new CachedDocument(() => asyncApi(config.limits));
  }

  @Get('asyncapi.json')
  read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (!this.config.apiDocs) throw new ProtocolError('not_found');
    void this.document.send(request, reply);
  }
}

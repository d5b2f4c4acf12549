import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../auth/public.js';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { asyncApi } from './asyncapi.js';

/** Serves `/docs/asyncapi.json`: the frames of `/v1/signaling`, with the limits of this node. */
@ApiExcludeController()
@Public()
@Controller('docs')
export class AsyncApiController {
  private readonly document: object;

  constructor(@Inject(CONFIG) { limits }: Config) {
    this.document = asyncApi(limits);
  }

  @Get('asyncapi.json')
  read(): object {
    return this.document;
  }
}

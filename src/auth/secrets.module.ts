import { Module } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import { resolveSecrets, SECRETS } from './signing-secret.js';

/** Provides the secrets of this process, resolved once. */
@Module({
  providers: [{ provide: SECRETS, inject: [CONFIG], useFactory: resolveSecrets }],
  exports: [SECRETS],
})
export class SecretsModule {}

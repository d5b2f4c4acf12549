import { Module } from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuditStoreModule } from '../audit/audit-store.module.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { RateLimitModule } from '../rate-limit/rate-limit.module.js';
import { RoomsStoreModule } from '../rooms/rooms-store.module.js';
import { UsersStoreModule } from '../users/users-store.module.js';
import { AuthController } from './auth.controller.js';
import { AuthGuard } from './auth.guard.js';
import { AuthService } from './auth.service.js';
import { ClaimMismatch } from './claim-mismatch.js';
import { JwksTokenVerifier } from './jwks-token-verifier.js';
import { LoginAttempts } from './login-attempts.js';
import { LoginThrottle } from './login-throttle.js';
import { OwnTokenVerifier } from './own-token-verifier.js';
import { PasswordHasher } from './password-hasher.js';
import { TokenVerifier } from './principal.js';
import { RefreshTokensStore } from './refresh-tokens.store.js';
import { SecretsModule } from './secrets.module.js';
import { SECRETS, type Secrets } from './signing-secret.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenRevocation } from './token-revocation.js';

const jwtOptions = ({ jwt }: Config, { jwtKey }: Secrets) => ({
  // A KeyObject: jsonwebtoken tries to parse a string as a PEM key first, on every call.
  secret: jwtKey,
  signOptions: { algorithm: 'HS256' as const, issuer: jwt.issuer, audience: jwt.audience },
  verifyOptions: { algorithms: ['HS256' as const], issuer: jwt.issuer, audience: jwt.audience },
});

const chooseVerifier = (config: Config, service: JwtService, revocation: TokenRevocation): TokenVerifier => {
  const { jwt, production } = config;
  const mismatch = new ClaimMismatch(jwt, production);
  return jwt.jwksUrl === undefined
    ? new OwnTokenVerifier(service, revocation, mismatch)
    : new JwksTokenVerifier({ ...jwt, jwksUrl: jwt.jwksUrl }, mismatch);
};

/** Authentication: issues and verifies tokens, and guards REST. */
@Module({
  imports: [
    AuditStoreModule,
    RateLimitModule,
    SecretsModule,
    UsersStoreModule,
    RoomsStoreModule,
    JwtModule.registerAsync({ imports: [SecretsModule], inject: [CONFIG, SECRETS], useFactory: jwtOptions }),
  ],
  controllers: [AuthController],
  providers: [
    TokenRevocation,
    AuthService,
    LoginAttempts,
    LoginThrottle,
    PasswordHasher,
    RefreshTokensStore,
    TokenIssuer,
    { provide: TokenVerifier, inject: [CONFIG, JwtService, TokenRevocation], useFactory: chooseVerifier },
    AuthGuard,
  ],
  exports: [TokenVerifier, AuthGuard, SecretsModule, LoginAttempts, PasswordHasher],
})
export class AuthModule {}

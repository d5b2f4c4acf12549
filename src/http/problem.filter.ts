import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeFault } from '../logging/describe-fault.js';
import { expectedFault, toProblem } from './problem.js';
import { SecurityLog } from './security-log.js';

/** Statuses of refusals that belong in the security log. */
const REPORTED: ReadonlySet<number> = new Set([401, 403, 429]);

/** Sends every REST error as problem+json. Unexpected errors are logged with their cause and sent as `internal`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Http');
  private readonly security = new SecurityLog({ warn: (fields, message) => this.log.warn(fields, message) });

  /** @param methodsOf returns the methods of a path, for 405 responses */
  constructor(private readonly methodsOf: (path: string) => readonly string[]) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') {
      this.log.error(describeFault(error));
      return;
    }
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    let fault = expectedFault(error);
    if (fault === undefined) {
      this.log.error(`Request ${request.id} failed with an unexpected error: ${describeFault(error)}`);
      fault = new ProtocolError('internal');
    }
    if (reply.sent) return;
    if (fault.code === 'not_found') fault = this.orMethod(fault, request, reply);
    const problem = toProblem(fault, String(request.id));
    if (REPORTED.has(problem.status)) this.report(fault, request);
    const { retryAfterMs } = fault.details;
    if (retryAfterMs !== undefined) void reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000)));
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
  }

  private report({ code }: ProtocolError, request: FastifyRequest & { principal?: { user: string } }): void {
    this.security.refused({
      reason: code,
      address: request.ip,
      user: request.principal?.user,
      // The route's pattern, not the URL: clients control the URL.
      route: `${request.method} ${request.routeOptions?.url ?? '?'}`,
      requestId: String(request.id),
    });
  }

  /** RFC 9110 §15.5.6: a path with other methods replies 405 and lists them. */
  private orMethod(fault: ProtocolError, request: FastifyRequest, reply: FastifyReply): ProtocolError {
    const methods = this.methodsOf(request.url.split('?')[0] ?? '');
    if (methods.length === 0 || methods.includes(request.method)) return fault;
    void reply.header('allow', methods.join(', '));
    return new ProtocolError('method_not_allowed');
  }
}

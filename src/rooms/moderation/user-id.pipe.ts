import { Injectable, type PipeTransform } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import { isUserId } from '../../users/user-id.js';

/** Validates a user id in a path: an account's, a guest's or an external issuer's. */
@Injectable()
export class UserIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUserId(value)) throw new ProtocolError('not_found');
    return value;
  }
}

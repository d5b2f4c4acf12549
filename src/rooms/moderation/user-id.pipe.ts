import { Injectable, type PipeTransform } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import { isUserId } from '../../users/user-id.js';

/** A user's id in a path: of an account, of a guest, or of an outside issuer. */
@Injectable()
export class UserIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUserId(value)) throw new ProtocolError('not_found');
    return value;
  }
}

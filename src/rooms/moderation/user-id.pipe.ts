import { Injectable, type PipeTransform } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import { isPrintable } from '../../users/display-name.js';

/** A user's id in a path: of an account, of a guest, or of an outside issuer. */
@Injectable()
export class UserIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isPrintable(value, 128)) throw new ProtocolError('not_found');
    return value;
  }
}

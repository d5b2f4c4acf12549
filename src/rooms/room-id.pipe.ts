import { Injectable, type PipeTransform } from '@nestjs/common';
import { ID_PATTERN, ProtocolError, type RoomId } from '@parley/protocol';

/** Validates a room id in a path; an invalid one is `room_not_found`. */
@Injectable()
export class RoomIdPipe implements PipeTransform<string, RoomId> {
  transform(value: string): RoomId {
    if (!ID_PATTERN.test(value)) throw new ProtocolError('room_not_found');
    return value as RoomId;
  }
}

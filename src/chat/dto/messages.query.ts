import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsQueryInteger } from '../../http/query-integer.js';

/** The requested page of a room's chat. */
export class MessagesQuery {
  @ApiProperty({
    required: false,
    minimum: 0,
    example: 42,
    description: 'Only messages with a greater `seq`. Absent: the newest.',
  })
  @IsOptional()
  @IsQueryInteger(0, 2 ** 48)
  readonly after?: number;

  @ApiProperty({ required: false, minimum: 1, maximum: 100, default: 50, example: 50 })
  @IsOptional()
  @IsQueryInteger(1, 100)
  readonly limit: number = 50;
}

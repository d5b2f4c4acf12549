import { ApiProperty } from '@nestjs/swagger';

const USER = { example: 'u_4fQ9sLk2VbX8mZ1rTy6A', nullable: true, type: String };

/** One entry of the audit log. */
export class AuditEntryResponse {
  @ApiProperty({ example: 4711 })
  readonly id!: number;

  @ApiProperty({ example: '2026-11-23T10:00:00.000Z' })
  readonly at!: string;

  @ApiProperty({ ...USER, description: 'The user who acted. Null: unknown, or the server itself.' })
  readonly actor!: string | null;

  @ApiProperty({ example: 'member.kick' })
  readonly action!: string;

  @ApiProperty({ example: 'k3J9xQ2bLw7Z', nullable: true, type: String })
  readonly room!: string | null;

  @ApiProperty({ ...USER, description: 'The user affected; for a failed log-in, the username that was tried.' })
  readonly target!: string | null;

  @ApiProperty({ example: '203.0.113.7', nullable: true, type: String, description: "The actor's address." })
  readonly ip!: string | null;

  @ApiProperty({ example: 1, minimum: 1, description: 'How often the same was done within ten minutes of `at`.' })
  readonly count!: number;

  @ApiProperty({ example: '2026-11-23T10:00:00.000Z', description: 'When it was done last.' })
  readonly lastAt!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { reason: 'Shouting' } })
  readonly details!: Record<string, unknown>;
}

/** A page of audit entries, newest first. */
export class AuditPageResponse {
  @ApiProperty({ type: [AuditEntryResponse] })
  readonly items!: AuditEntryResponse[];

  @ApiProperty({ example: 'q7mP0c2Zt4sVb1NnYw8rLzE3NjM5', nullable: true, type: String })
  readonly nextCursor!: string | null;
}

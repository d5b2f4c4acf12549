import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { ChatController } from './chat.controller.js';
import { ChatStore } from './chat.store.js';
import { ChatLog } from './chat-log.js';
import { PostgresChatLog } from './chat-log.postgres.js';

/** The durable chat log of rooms. */
@Module({
  imports: [AuthModule, RoomsModule],
  controllers: [ChatController],
  providers: [ChatStore, { provide: ChatLog, useClass: PostgresChatLog }],
  exports: [ChatLog],
})
export class ChatModule {}

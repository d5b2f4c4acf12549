import { Module } from '@nestjs/common';
import { ChatStore } from './chat.store.js';
import { ChatLog } from './chat-log.js';
import { PostgresChatLog } from './chat-log.postgres.js';

/** The durable chat of rooms. */
@Module({
  providers: [ChatStore, { provide: ChatLog, useClass: PostgresChatLog }],
  exports: [ChatLog],
})
export class ChatModule {}

import 'reflect-metadata';
import { Module, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { IsIn, IsObject, IsString, MaxLength } from 'class-validator';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';

/**
 * A gateway as in Nest's documentation: a token on the connection, a handler per message, a DTO and a
 * ValidationPipe. With REDIS_URL, each signal to a client of another node is a PUBLISH.
 */
class JoinDto {
  @IsString()
  @MaxLength(64)
  room!: string;
}

class SignalDto {
  @IsString()
  @MaxLength(64)
  to!: string;

  @IsIn(['offer', 'answer', 'candidate'])
  kind!: string;

  @IsObject()
  body!: object;
}

class CursorDto {
  @IsObject()
  body!: object;
}

interface Client extends WebSocket {
  user?: string;
  room?: string;
}

const { REDIS_URL, JWT_SECRET = '' } = process.env;
const publisher = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL);
const subscriber = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL);

@WebSocketGateway()
@UsePipes(new ValidationPipe({ whitelist: true }))
class SignalingGateway implements OnGatewayConnection<Client>, OnGatewayDisconnect<Client> {
  private readonly clients = new Map<string, Client>();
  private readonly rooms = new Map<string, Set<Client>>();

  constructor(private readonly jwt: JwtService) {
    subscriber?.on('message', (user: string, text: string) => this.clients.get(user)?.send(text));
  }

  handleConnection(client: Client, request: { url: string }): void {
    try {
      const token = new URL(request.url, 'http://x').searchParams.get('token') ?? '';
      const { sub } = this.jwt.verify<{ sub: string }>(token);
      client.user = sub;
      this.clients.set(sub, client);
      void subscriber?.subscribe(sub);
    } catch {
      client.close();
    }
  }

  handleDisconnect(client: Client): void {
    if (client.user === undefined) return;
    this.clients.delete(client.user);
    void subscriber?.unsubscribe(client.user);
    this.leave(client);
  }

  @SubscribeMessage('join')
  join(@ConnectedSocket() client: Client, @MessageBody() { room }: JoinDto) {
    const members = this.rooms.get(room) ?? new Set<Client>();
    this.rooms.set(room, members);
    this.tell(members, 'came', { user: client.user });
    members.add(client);
    client.room = room;
    return { event: 'joined', data: { room, users: [...members].map(({ user }) => user) } };
  }

  @SubscribeMessage('leave')
  leave(@ConnectedSocket() client: Client) {
    const members = this.rooms.get(client.room ?? '');
    members?.delete(client);
    if (members?.size === 0) this.rooms.delete(client.room ?? '');
    this.tell(members ?? [], 'left', { user: client.user });
    return { event: 'left', data: {} };
  }

  @SubscribeMessage('signal')
  signal(@ConnectedSocket() client: Client, @MessageBody() { to, kind, body }: SignalDto): void {
    const text = JSON.stringify({ event: 'signal', data: { from: client.user, kind, body } });
    const receiver = this.clients.get(to);
    if (receiver !== undefined) receiver.send(text);
    else void publisher?.publish(to, text);
  }

  @SubscribeMessage('cursor')
  cursor(@ConnectedSocket() client: Client, @MessageBody() { body }: CursorDto): void {
    const others = [...(this.rooms.get(client.room ?? '') ?? [])].filter((member) => member !== client);
    this.tell(others, 'cursor', { from: client.user, body });
  }

  private tell(clients: Iterable<Client>, event: string, data: object): void {
    for (const client of clients) {
      if (client.readyState === WebSocket.OPEN) client.send(JSON.stringify({ event, data }));
    }
  }
}

@Module({ imports: [JwtModule.register({ secret: JWT_SECRET })], providers: [SignalingGateway] })
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: ['error'] });
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(0, '127.0.0.1');
console.log(`ready ${await app.getUrl()}`);

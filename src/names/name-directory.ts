import { randomBytes } from 'node:crypto';
import type { NodeId } from '@parley/protocol';
import type { Bus } from '../bus/bus.js';
import { encodeNameMessage, type NameMessage } from './name-message.js';
import type { NodeLiveness } from './node-liveness.js';

/** How long a node may take to answer; without it the list is what the others have. */
const TIMEOUT_MS = 500;
/** Names that one node names. */
export const MAX_LISTED = 10_000;

interface Question {
  readonly names: string[];
  left: number;
  readonly done: () => void;
}

/** The list of a tenant's names, asked of the nodes that hold them: nothing is kept, so nothing can be stale. */
export class NameDirectory {
  private readonly questions = new Map<string, Question>();
  /** One round a tenant at a time: who asks meanwhile gets its answer. */
  private readonly running = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly bus: Bus,
    private readonly liveness: NodeLiveness,
    private readonly namesHere: (tenant: string) => string[],
  ) {}

  list(tenant: string): Promise<readonly string[]> {
    const round = this.running.get(tenant) ?? this.ask(tenant).finally(() => this.running.delete(tenant));
    this.running.set(tenant, round);
    return round;
  }

  onMessage(message: Extract<NameMessage, { kind: 'ask' | 'answer' }>): void {
    if (message.kind === 'ask') {
      const names = this.namesHere(message.tenant).slice(0, MAX_LISTED);
      this.bus.send(message.origin, encodeNameMessage({ kind: 'answer', question: message.question, names }));
      return;
    }
    const question = this.questions.get(message.question);
    if (question === undefined) return;
    question.names.push(...message.names.slice(0, MAX_LISTED));
    question.left -= 1;
    if (question.left <= 0) question.done();
  }

  private async ask(tenant: string): Promise<readonly string[]> {
    const origin = this.bus.node as NodeId;
    const others = [...(await this.liveness.all())].filter((node) => node !== origin);
    const names = this.namesHere(tenant);
    if (others.length === 0) return names;
    const id = randomBytes(9).toString('base64url');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TIMEOUT_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.questions.set(id, { names, left: others.length, done });
      for (const node of others) this.bus.send(node, encodeNameMessage({ kind: 'ask', tenant, question: id, origin }));
    });
    this.questions.delete(id);
    return [...new Set(names)];
  }
}

import { randomBytes } from 'node:crypto';
import type { NodeId } from '@parley/protocol';
import type { Bus } from '../bus/bus.js';
import { encodeNodeLetter, type NodeLetter } from './name-message.js';
import type { LivingNodes } from './node-liveness.js';

/** How long a node may take to answer; without it the list is what the others have. */
const PATIENCE_MS = 500;
/** Names that one node names. */
export const MOST_NAMED = 10_000;

interface Question {
  readonly names: string[];
  left: number;
  readonly done: () => void;
}

/** The list of a tenant's names, asked of the nodes that hold them: nothing is kept, so nothing can be stale. */
export class NameRoll {
  private readonly questions = new Map<string, Question>();
  /** One round a tenant at a time: who asks meanwhile gets its answer. */
  private readonly rounds = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly bus: Bus,
    private readonly living: LivingNodes,
    private readonly namesHere: (tenant: string) => string[],
  ) {}

  list(tenant: string): Promise<readonly string[]> {
    const round = this.rounds.get(tenant) ?? this.ask(tenant).finally(() => this.rounds.delete(tenant));
    this.rounds.set(tenant, round);
    return round;
  }

  hear(letter: Extract<NodeLetter, { kind: 'ask' | 'answer' }>): void {
    if (letter.kind === 'ask') {
      const names = this.namesHere(letter.tenant).slice(0, MOST_NAMED);
      this.bus.send(letter.origin, encodeNodeLetter({ kind: 'answer', question: letter.question, names }));
      return;
    }
    const question = this.questions.get(letter.question);
    if (question === undefined) return;
    question.names.push(...letter.names.slice(0, MOST_NAMED));
    question.left -= 1;
    if (question.left <= 0) question.done();
  }

  private async ask(tenant: string): Promise<readonly string[]> {
    const origin = this.bus.node as NodeId;
    const others = [...(await this.living.all())].filter((node) => node !== origin);
    const names = this.namesHere(tenant);
    if (others.length === 0) return names;
    const id = randomBytes(9).toString('base64url');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.questions.set(id, { names, left: others.length, done });
      for (const node of others) this.bus.send(node, encodeNodeLetter({ kind: 'ask', tenant, question: id, origin }));
    });
    this.questions.delete(id);
    return [...new Set(names)];
  }
}

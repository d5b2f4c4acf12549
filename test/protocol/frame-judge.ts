import { Ajv, type ValidateFunction } from 'ajv';

/** Compares the frames of a server with its AsyncAPI document. */
export class FrameJudge {
  /** Frames that the document does not describe, with the first reason: one of each kind. */
  readonly faults = new Set<string>();
  /** The received types. */
  readonly seen = new Set<string>();
  private readonly checks: ReadonlyMap<string, ValidateFunction>;

  /** @param document AsyncAPI 3.0, with the server's frames as `components.messages["server.TYPE"]` */
  constructor(document: { readonly components: { readonly messages: Record<string, { readonly payload: object }> } }) {
    const ajv = new Ajv({ strict: false });
    this.checks = new Map(
      Object.entries(document.components.messages)
        .filter(([name]) => name.startsWith('server.'))
        .map(([name, { payload }]) => [name.slice('server.'.length), ajv.compile(closed(payload) as object)]),
    );
  }

  /** Undefined if the server has no such document, which PROTOCOL.md does not require. */
  static async of(origin: string): Promise<FrameJudge | undefined> {
    const response = await fetch(`${origin}/docs/asyncapi.json`);
    return response.ok ? new FrameJudge((await response.json()) as never) : undefined;
  }

  see(header: { readonly type: string }): void {
    const { type } = header;
    this.seen.add(type);
    const check = this.checks.get(type);
    if (check === undefined) this.faults.add(`${type} is not described`);
    else if (!check(header)) {
      const [fault] = check.errors ?? [];
      this.faults.add(`${type}${fault?.instancePath}: ${fault?.message} ${JSON.stringify(fault?.params)}`);
    }
  }
}

/** The same schema, without additional fields. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
};

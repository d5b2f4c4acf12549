import { Rest } from '../protocol/rest.js';

/** A REST answer with any status. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

const LARGE_BODY = 500_000;
const MAX_TRIES = 5;

/**
 * A large body is refused by its length: the server answers and closes while it is still being written, and the write
 * may fail before the answer is read. TCP cannot avoid that, so the request is repeated.
 */
const patientFetch = async (url: string, init: RequestInit): Promise<Response> => {
  const isLarge = String(init.body ?? '').length > LARGE_BODY;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(url, init);
    } catch (error) {
      const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '';
      if (!isLarge || attempt === MAX_TRIES || !['EPIPE', 'ECONNRESET'].includes(code)) throw error;
    }
  }
};

/** A REST client with its own address: the stage's node trusts X-Forwarded-For from loopback. */
export class AddressedRest extends Rest {
  constructor(
    origin: string,
    private readonly address: string,
  ) {
    super(origin);
  }

  /** Sends a request and accepts any answer. */
  async ask(
    method: string,
    path: string,
    more: RequestInit & { token?: string; json?: unknown } = {},
  ): Promise<Answer> {
    const { token, json, headers, ...init } = more;
    const response = await patientFetch(this.origin + path, {
      method,
      redirect: 'manual',
      headers: {
        'x-forwarded-for': this.address,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(headers as Record<string, string>),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...init,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  }

  override async call(method: string, path: string, json?: object, token?: string): Promise<any> {
    const answer = await this.ask(method, path, {
      ...(json !== undefined && { json }),
      ...(token !== undefined && { token }),
    });
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }
}

export const restOf = (origin: string, address: string): AddressedRest => new AddressedRest(origin, address);

/** Returns `STATUS code` of a problem. @throws if a refusal is no problem, or reveals internals */
export const problemOf = ({ status, headers, body, text }: Answer): string => {
  const isProblem =
    headers.get('content-type')?.startsWith('application/problem+json') === true &&
    body?.status === status &&
    body.type === `urn:parley:error:${body.code}` &&
    [body.title, body.detail, body.requestId].every((part) => typeof part === 'string' && part !== '');
  if (!isProblem) throw new Error(`not a problem: ${status} ${text.slice(0, 500)}`);
  // A stack line names a file; text such as "at most … 18:00:00Z" does not.
  if (/\bat (?:.+ \()?(?:file:|node:|\/)\S*:\d+:\d+|node_modules|select .+ from|insert into/i.test(text))
    throw new Error(`it reveals internals: ${text}`);
  return `${status} ${body.code}`;
};

/** The body without fields that differ in each answer. */
export const strip = ({ body: { requestId: _id, ...body } }: Answer) => body;

const jsonOf = (text: string): any => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

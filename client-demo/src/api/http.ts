import { ApiProblem, type FieldFault } from './problem.js';

/** A JSON request to the origin that served the page. */
export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: object;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 15_000;

/**
 * Sends a request and returns the JSON response; undefined for 204.
 * @throws ApiProblem, also for a network failure (`network`); AbortError when the caller aborted it.
 */
export const send = async <Answer>(request: Request): Promise<Answer> => {
  const url = new URL(request.path, location.origin);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  const headers: Record<string, string> = { accept: 'application/json' };
  if (request.body) headers['content-type'] = 'application/json';
  if (request.token) headers.authorization = `Bearer ${request.token}`;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      method: request.method ?? 'GET',
      headers,
      credentials: 'omit',
      cache: 'no-store',
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
      ...(request.body ? { body: JSON.stringify(request.body) } : {}),
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new ApiProblem('network', 0);
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as Answer;
  return (await response.json().catch(() => {
    throw new ApiProblem('internal', response.status);
  })) as Answer;
};

const problemOf = async (response: Response): Promise<ApiProblem> => {
  const body = (await response.json().catch(() => ({}))) as { code?: unknown; errors?: unknown };
  const code = typeof body.code === 'string' ? body.code : response.status === 503 ? 'unavailable' : 'internal';
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ApiProblem(
    code,
    response.status,
    Array.isArray(body.errors) ? (body.errors as FieldFault[]) : [],
    retryAfter > 0 ? retryAfter * 1000 : undefined,
  );
};

import { Ajv } from 'ajv';
import type { Answer } from '../../support/rest-app.js';

interface Described {
  /** Prefix of a reference to a component. */
  readonly $ref?: string;
  readonly content?: Readonly<
    Record<string, { readonly schema?: object; readonly examples?: Record<string, unknown> }>
  >;
}
interface OpenApi {
  readonly components: { readonly responses: Readonly<Record<string, Described>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Record<string, Described> }>>>>;
}

/**
 * Compares the application's answers with its API document: the status is one of the operation's, a problem's
 * code is one of that status, and a body matches its schema in every field.
 * @returns a line for each kind of difference
 */
export const undescribed = (document: OpenApi, answers: readonly Answer[]): string[] => {
  const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(closed(document) as object, 'api');
  const judge = ({ method, route, status, body }: Answer): string | undefined => {
    const operation = document.paths[route.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    if (operation === undefined) return undefined;
    const response = resolved(document, operation.responses[status]);
    if (response === undefined) return 'the status is not described';
    const [media] = Object.values(response.content ?? {});
    if (media === undefined) return body === undefined ? undefined : 'a body that is not described';
    const accepts = ajv.compile(pointed(media.schema ?? {}) as object);
    if (!accepts(body)) return ajv.errorsText(accepts.errors);
    const { code } = body as { code?: string };
    return status >= 400 && !(String(code) in (media.examples ?? {})) ? `the code ${code} is not described` : undefined;
  };
  const lines = answers.map((answer) => {
    const fault = judge(answer);
    return fault === undefined ? undefined : `${answer.method} ${answer.route} ${answer.status}: ${fault}`;
  });
  return [...new Set(lines.filter((line) => line !== undefined))].sort();
};

/** A response, or the component that it refers to. */
export const resolved = <T extends { readonly $ref?: string }>(
  { components }: { readonly components: { readonly responses: Readonly<Record<string, T>> } },
  response: T | undefined,
): T | undefined =>
  response?.$ref === undefined ? response : components.responses[response.$ref.split('/').at(-1) ?? ''];

/** The same schemas, without additional fields. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closed(each)]));
  return copy.type === 'object' && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
};

/** Converts references of a schema to references into the whole document. */
const pointed = (schema: object): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"api#/'));

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningNode, startNode } from '../support/start-node.js';

const DOCUMENTS = ['/docs/openapi.json', '/docs/asyncapi.json'];

describe('the documents of the API', () => {
  let open: RunningNode;
  let closed: RunningNode;

  beforeAll(async () => {
    [open, closed] = await Promise.all([
      startNode(),
      startNode({ API_DOCS: 'off', METRICS_BURST: '20', METRICS_PER_SECOND: '1' }),
    ]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([open?.stop(), closed?.stop()]);
  });

  it.each(DOCUMENTS)('%s is compressed, and answered 304 if it is unchanged', async (path) => {
    const first = await fetch(`${open.url}${path}`);
    expect([first.status, first.headers.get('content-encoding')]).toEqual([200, 'gzip']);
    expect(await first.json()).toHaveProperty('info');
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(`${open.url}${path}`, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('are fetched by the page, whose script contains none of them', async () => {
    const page = await fetch(`${open.url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const script = await (await fetch(`${open.url}/docs/swagger-ui-init.js`)).text();
    expect(script).toContain('"/docs/openapi.json"');
    expect(script).not.toContain('/v1/rooms');
  });

  it('are not served with API_DOCS=off', async () => {
    for (const path of [...DOCUMENTS, '/docs', '/docs/', '/docs/swagger-ui-init.js'])
      expect([path, (await fetch(`${closed.url}${path}`)).status]).toEqual([path, 404]);
    expect(closed.output()).not.toContain('/docs');
  });

  it('and metrics have rate limits of their own; health has none', async () => {
    const ask = (path: string) =>
      Promise.all(Array.from({ length: 60 }, async () => (await fetch(`${closed.url}${path}`)).status));
    const statuses = await ask('/metrics');
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(20);
    expect(statuses).toContain(429);
    expect(new Set(await ask('/health/live'))).toEqual(new Set([200]));
  });
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');

/** A fenced code block of a document. */
export interface Sample {
  /** `client/README.md ts 2`: the file, the language, and its place among those of the same language. */
  readonly name: string;
  readonly language: string;
  readonly code: string;
}

/** Every code block with a language in every document of the repository. */
export const allSamples = (): Sample[] => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: ROOT });
  return files
    .toString()
    .trim()
    .split('\n')
    .flatMap((file) => {
      const counts = new Map<string, number>();
      const blocks = readFileSync(join(ROOT, file), 'utf8').matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```$/gm);
      return [...blocks].map(([, language = '', code = '']) => {
        const count = (counts.get(language) ?? 0) + 1;
        counts.set(language, count);
        return { name: `${file} ${language} ${count}`, language, code };
      });
    });
};

const EXAMPLE = /(https|wss):\/\/(?:parley\.example|calls\.example\.com)/g;

/** A sample as JavaScript, with the server's address instead of the documents' example. */
export const programOf = ({ code }: Sample, url: string): string =>
  ts.transpile(
    code.replaceAll(EXAMPLE, (_, scheme) => (scheme === 'wss' ? url.replace('http', 'ws') : url)),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ES2022,
      verbatimModuleSyntax: true,
    },
  );

const IMPORTS = { '@parley/client': '/client/dist/index.js', '@parley/protocol': '/protocol/dist/index.js' };

/** Serves an empty page on which `@parley/client` can be imported, as on a page of an application's own. */
export const serveBlankPage = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const server = createServer(({ url = '/' }, response) => {
    const isModule = /^\/(?:client|protocol)\/dist\/[\w./-]+\.js$/.test(url) && !url.includes('..');
    const file = url === '/peerjs.min.js' ? '/node_modules/peerjs/dist/peerjs.min.js' : isModule ? url : undefined;
    response.setHeader('content-type', file ? 'text/javascript' : 'text/html; charset=utf-8');
    if (file) response.end(readFileSync(join(ROOT, file)));
    else response.end(`<!doctype html><script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

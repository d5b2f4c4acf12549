import { defineConfig } from 'vite';

/**
 * The page is served by Parley under a content security policy: no inline script, nothing from elsewhere.
 * `npm run dev` passes REST and signaling on to a node on port 3000.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:3000', ws: true } } },
});

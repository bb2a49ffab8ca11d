import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** `comptoir-bridge --demo --port 5280` answers what the pages ask while one works on them. */
const bridge = `http://127.0.0.1:${process.env.COMPTOIR_BRIDGE_PORT ?? 5280}`;

/** The window asks nobody but its own engine. Only in the build: the dev server injects its styles inline. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
  "connect-src 'self' ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'";

const contentPolicy: Plugin = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
  ],
};

/**
 * The fonts are asked for with the page, behind its code: letters that are drawn before theirs has come make the
 * machine look up another for each size and weight, which costs more than all the rest of the first screen.
 */
const fontsFirst: Plugin = {
  name: 'fonts-first',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => file.endsWith('.woff2'))
        .map((file) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `./${file}` },
          injectTo: 'head',
        })),
  },
};

/** The fonts are under the OFL, which travels with them. */
const fontLicences: Plugin = {
  name: 'font-licences',
  apply: 'build',
  generateBundle() {
    for (const font of [
      '@fontsource-variable/bitter',
      '@fontsource-variable/atkinson-hyperlegible-next',
      '@fontsource/ibm-plex-mono',
    ]) {
      const fileName = `licences/${font.split('/')[1]}.txt`;
      this.emitFile({ type: 'asset', fileName, source: readFileSync(`node_modules/${font}/LICENSE`, 'utf8') });
    }
  },
};

export default defineConfig({
  plugins: [svelte(), fontsFirst, contentPolicy, fontLicences],
  base: './',
  server: { port: 5273, strictPort: true, host: '127.0.0.1', proxy: { '/api': bridge } },
  preview: { port: 5274, strictPort: true, host: '127.0.0.1', proxy: { '/api': bridge } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { main: 'index.html', devices: 'devices.html' } },
  },
  test: { include: ['src/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);

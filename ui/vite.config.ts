import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { fontLicences, fontsFirst } from './vite.plugins.ts';

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

export default defineConfig({
  plugins: [svelte(), fontsFirst('./'), contentPolicy, fontLicences],
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

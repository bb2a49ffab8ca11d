import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { fontLicences, fontsFirst } from './vite.plugins.ts';

/** `cargo xtask head-office` answers what the page asks while one works on it. */
const office = `http://127.0.0.1:${process.env.COMPTOIR_OFFICE_PORT ?? 8400}`;

/**
 * The office pages, built apart from the till's window: head office serves them at the root of a host of its own, with
 * its content policy in the answer's head, and the till's package has none of it.
 */
export default defineConfig({
  plugins: [svelte(), fontsFirst('/'), fontLicences],
  base: '/',
  server: {
    port: 5275,
    strictPort: true,
    host: '127.0.0.1',
    proxy: { '/api': { target: office, ws: true }, '/office/v1': office },
  },
  build: {
    outDir: 'dist-office',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { office: 'office.html' } },
  },
});

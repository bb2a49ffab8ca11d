import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/**
 * The fonts are asked for with the page, behind its code: letters that are drawn before theirs has come make the
 * machine look up another for each size and weight, which costs more than all the rest of the first screen.
 */
export const fontsFirst = (base: string): Plugin => ({
  name: 'fonts-first',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => file.endsWith('.woff2'))
        .map((file) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `${base}${file}` },
          injectTo: 'head',
        })),
  },
});

/** The fonts are under the OFL, which travels with them. */
export const fontLicences: Plugin = {
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

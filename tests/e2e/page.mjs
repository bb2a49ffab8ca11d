// A page in Chromium before the engine's bridge: what every story asks of it, and what must never happen on it.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DEADLINE, money, outFolder, root, scanInto, until } from './story.mjs';

const require = createRequire(join(root, 'ui/package.json'));
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const out = outFolder('chromium');

const { chromium } = require('playwright-core');

/** What axe looks at: what it does by itself, and that targets are large enough for a finger (WCAG 2.2 AA). */
export const LOOKED_AT = { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };

/** Twice as large as on the smallest counter: half as many points either way. */
const zoomed = { width: 683, height: 384 };

/** At 200 % pages scroll, and a key at the edge of what is seen is cut: whoever scrolls on has all of it. */
function isCutAtTheEdge({ any }) {
  return any.some(({ id, data }) => id === 'target-size' && data?.messageKey?.startsWith('partiallyObscured'));
}

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
}

/** The engine hears each question late, and its answers come late, by up to `most` milliseconds in all: events overtake them. */
async function delayAnswers(page, most) {
  const late = () => new Promise((resolve) => setTimeout(resolve, (Math.random() * most) / 2));
  await page.route('**/api/**', async (route) => {
    if (route.request().url().endsWith('/api/events')) return route.continue();
    await late();
    const response = await route.fetch().catch(() => null);
    await late();
    // the page may have been closed meanwhile
    await (response ? route.fulfill({ response }) : route.abort()).catch(() => {});
  });
}

/** Opens a page; `name` is in the names of its pictures, `slow` how late answers may come in milliseconds. */
export async function openScreen(browser, bridge, name, { size, language, theme, touch = false, slow = 0 }) {
  const zoom = size === 'zoomed';
  const [width, height] = zoom ? [zoomed.width, zoomed.height] : size.split('x').map(Number);
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: zoom ? 2 : 1,
    colorScheme: theme,
    locale: language === 'fr' ? 'fr-CA' : 'en-CA',
    reducedMotion: 'reduce',
    hasTouch: touch,
  });
  const page = await context.newPage();
  if (slow > 0) await delayAnswers(page, slow);
  const behindTheScenes = await context.newCDPSession(page);
  const problems = [];
  let kept = 0;
  page.on('pageerror', (error) => problems.push(`threw ${error.message}`));
  page.on('console', (message) => {
    // a refusal is an answer of status 422, which the browser reports as a failed load
    if (message.type() === 'error' && !message.text().includes('status of 422')) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(bridge.base) && !request.url().startsWith('data:'))
      problems.push(`asked ${request.url()}`);
  });

  const at = (id) => page.getByTestId(id);
  const text = async (id) => ((await at(id).first().textContent()) ?? '').replace(/[\t\n ]+/g, ' ').trim();
  const evaluate = async (expression) => {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await behindTheScenes.send('Runtime.evaluate', options);
    assert.ok(!exceptionDetails, exceptionDetails?.exception?.description);
    return result.value;
  };
  /** Presses a key or a tile; where there is no room for goods beside the keys, asks for the others first. */
  const press = async (id) => {
    await at(id).waitFor({ state: 'attached' });
    if (!(await at(id).isVisible())) await at('fold').click();
    await at(id).click();
  };
  const picture = (screen) => join(out, `${screen}-${name}.png`);
  return {
    page,
    bridge,
    language,
    problems,
    at,
    text,
    press,
    shown: (id) => at(id).first().waitFor({ timeout: DEADLINE * 1000 }),
    gone: (id) => at(id).first().waitFor({ state: 'detached', timeout: DEADLINE * 1000 }),
    says: (id, wanted) => until(`${id} says`, () => text(id), wanted),
    dollars: (amount) => money(amount, language),
    type: (digits) => page.keyboard.type(digits, { delay: 60 }), // a hand, not a scanner
    scan: (code) => scanInto(behindTheScenes, code),
    slowScan: (code) => scanInto(behindTheScenes, code, 0.07),
    lines: (count) =>
      until('live lines in the cart', () => page.locator('[data-testid=line]:not(.voided)').count(), count),
    /** Keeps the engine's answer to its next command of this name back, until the answer is called. */
    async hold(command) {
      let letGo;
      const held = new Promise((go) => (letGo = go));
      await page.route(`**/api/${command}`, (route) => held.then(() => route.continue()), { times: 1 });
      return letGo;
    },
    /** Keeps a picture of the screen and has axe look it over. */
    async keep(screen) {
      await page.screenshot({ path: picture(screen), animations: 'disabled' });
      if (await evaluate('!window.axe')) await evaluate(axe);
      const { violations } = await evaluate(`axe.run(document, ${JSON.stringify(LOOKED_AT)})`);
      for (const { id, nodes } of violations) {
        const found = nodes.filter((node) => !(zoom && isCutAtTheEdge(node)));
        const said = found.map((node) => `${node.target} ${node.any[0]?.message ?? ''}`);
        if (found.length > 0) problems.push(`${screen}: ${id}: ${said}`);
      }
      const wide = 'document.documentElement.scrollWidth > innerWidth';
      const high = 'document.documentElement.scrollHeight > innerHeight';
      const scrolls = await evaluate(zoom ? wide : `${wide} || ${high}`);
      if (scrolls) problems.push(`${screen}: the page scrolls`);
      kept += 1;
    },
    kept: () => kept,
    async failed() {
      await page.screenshot({ path: picture('failed') }).catch(() => {});
      return picture('failed');
    },
    close: () => context.close(),
  };
}

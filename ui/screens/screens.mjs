// Walks every screen in both languages and themes, at both sizes, with axe on each, and keeps a picture of each.
// Without --base it starts the bridge on a demonstration store of its own.
//   node screens/screens.mjs OUT [--base http://127.0.0.1:5280] [--pin 1111] [--pin-fr 2222] [--pin-supervisor 3333] [--size 1366x768]
//                            [--language en] [--theme light]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startBridge } from '../../tests/e2e/bridge.mjs';
import { scanInto } from '../../tests/e2e/story.mjs';

const { values: option, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string' },
    pin: { type: 'string', default: '1111' },
    'pin-supervisor': { type: 'string', default: '3333' },
    'pin-fr': { type: 'string', default: '2222' },
    size: { type: 'string' },
    language: { type: 'string' },
    theme: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const out = positionals[0] ?? 'test-results/screens';
mkdirSync(out, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const problems = [];
const bridge = option.base ? null : await startBridge('screens');
option.base ??= bridge.base;

const browser = await chromium.launch({
  executablePath: option.chromium,
  args: ['--no-sandbox', '--disable-background-networking'],
});

for (const [width, height] of [
  [1366, 768],
  [1920, 1080],
]) {
  if (option.size && option.size !== `${width}x${height}`) continue;
  for (const language of ['en', 'fr']) {
    if (option.language && option.language !== language) continue;
    for (const theme of ['light', 'dark']) {
      if (option.theme && option.theme !== theme) continue;
      await walk({ width, height, language, theme });
    }
  }
}
await browser.close();
await bridge?.stop();
if (problems.length) {
  console.error(`\n${problems.length} problems\n` + problems.join('\n'));
  process.exit(1);
}
console.log('every screen passed axe; nothing scrolled or was clipped');

async function walk({ width, height, language, theme }) {
  const name = `${width}-${language}-${theme}`;
  console.log(name);
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    bypassCSP: true, // axe is injected; the page itself runs under its policy in the end-to-end tests
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`${name}: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(option.base) && !request.url().startsWith('data:'))
      problems.push(`${name}: asked ${request.url()}`);
  });
  const api = async (command, args = {}) => {
    const answer = await fetch(`${option.base}/api/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    return answer.json();
  };
  const id = (test) => page.getByTestId(test);
  const type = async (text) => {
    for (const key of text) {
      await page.keyboard.press(key);
      await page.waitForTimeout(60); // a hand, not a scanner
    }
  };
  const devtools = await context.newCDPSession(page);
  const keep = async (screen) => {
    await page.waitForTimeout(180);
    await page.screenshot({ path: `${out}/${screen}-${name}.png` });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      window.axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }),
    );
    for (const { id, nodes } of violations)
      problems.push(
        `${screen}-${name}: ${id}: ${nodes.map((node) => node.target + ' ' + (node.any[0]?.message ?? '')).join(' | ')}`,
      );
    const clipped = await page.evaluate(() => {
      const found = [];
      const page = document.documentElement;
      if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) found.push('the page scrolls');
      for (const box of document.querySelectorAll('main *, header *')) {
        if (
          box.closest('.hidden, svg, .tiles, .lines, .chips, .desk, .shelf, .slips, .scroll, .list, .known, ul, dialog')
        )
          continue;
        const { right, bottom } = box.getBoundingClientRect();
        if (right > innerWidth + 1 || bottom > innerHeight + 1)
          found.push(`off the window: ${box.className || box.tagName}`);
      }
      for (const text of document.querySelectorAll('button, .chip, .key, .part, h1, h2, dd, output')) {
        if (text.closest('.hidden') || text.matches('.hidden')) continue;
        if (text.scrollWidth > text.clientWidth + 1 && text.clientWidth > 0)
          found.push(`clipped: ${text.textContent.trim().slice(0, 40)}`);
      }
      return found;
    });
    for (const one of new Set(clipped)) problems.push(`${screen}-${name}: ${one}`);
  };

  await api('sign_out');
  await page.goto(option.base);
  if (language === 'fr') await id('language-fr').click();
  const operators = await api('operators');
  const me = operators.find((one) => one.language === language) ?? operators[0];
  await keep('01-sign-in');
  await id(`operator-${me.id}`).click();
  await type('9999');
  await keep('02-pin');
  await page.keyboard.press('Enter');
  await id('sign-in-trouble').waitFor();
  await keep('03-wrong-pin');
  await type(language === 'fr' ? option['pin-fr'] : option.pin);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-testid=float], [data-testid=pay]');
  if (await id('float').isVisible()) {
    await keep('04-open-shift');
    await type('200');
    await keep('05-float');
    await page.keyboard.press('Enter');
  }
  await id('pay').waitFor();
  await keep('10-empty');

  const tiles = page.locator('[data-testid^=tile-]');
  await tiles.first().waitFor();
  const favourites = await api('tiles', { department: null });
  const each = favourites.filter((tile) => tile.unit === 'each').slice(0, 10);
  const [weighed] = favourites.filter((tile) => tile.unit === 'kg');
  for (const tile of each.slice(0, 6)) await id(`tile-${tile.sku}`).click();
  for (const tile of favourites.filter((tile) => tile.minimum_age).slice(0, 4)) await id(`tile-${tile.sku}`).click();
  if (weighed) {
    await id(`tile-${weighed.sku}`).click();
    await page.waitForTimeout(200);
    await type('1.24');
    await keep('11-weight');
    await page.keyboard.press('Enter');
  }
  await page.waitForTimeout(200);
  for (const key of ['ArrowUp', 'ArrowUp', '3']) (await page.keyboard.press(key), await page.waitForTimeout(60));
  await page.keyboard.press('Enter');
  await keep('12-sell');
  await scanInto(devtools, '9999999999994');
  await id('notice').waitFor();
  await keep('13-unknown-code');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F2');
  await type('ca');
  await id('results').waitFor();
  await page.keyboard.press('ArrowDown');
  await keep('14-search');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F2');
  await type('zzq');
  await id('no-hit').waitFor();
  await keep('15-no-hit');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Delete');
  await id('sheet').waitFor();
  await keep('16-void-line');
  await page.keyboard.press('2');
  await id('sheet').waitFor({ state: 'detached' });
  await id('toast').waitFor();
  await keep('17-voided');
  const keys = async (...names) => {
    for (const name of names) (await page.keyboard.press(name), await page.waitForTimeout(80));
  };
  await keys('F4');
  await keep('22-price');
  const { cart } = await api('state');
  const live = cart.lines.filter((line) => !line.voided);
  const { price } = live.find((line) => line.line === cart.selected) ?? live.at(-1);
  await type((price * 0.75).toFixed(2)); // what a supervisor may approve
  await keys('Enter');
  await id('sheet').waitFor();
  await keep('23-reason');
  await keys('3');
  await id('refuse').waitFor();
  await keep('24-approval');
  const supervisor = operators.find((one) => one.role === 'supervisor');
  await id(`approver-${supervisor.id}`).click();
  await type('9999');
  await page.keyboard.press('Enter');
  await id('approval-trouble').waitFor();
  await keep('25-approval-wrong-pin');
  await type(option['pin-supervisor']);
  await keep('26-approval-pin');
  await page.keyboard.press('Enter');
  await id('sheet').waitFor({ state: 'detached' });
  await keep('27-price-changed');
  await keys('ArrowUp', 'F5');
  await keep('28-discount');
  await id('target-cart').click();
  await type('0.10');
  await keys('$');
  await keep('29-discount-amount');
  await keys('Enter', '4');
  if (await id('refuse').isVisible()) {
    await id(`approver-${supervisor.id}`).click();
    await type(option['pin-supervisor']);
    await page.keyboard.press('Enter');
  }
  await id('cart-discount').waitFor();
  await id('note').click();
  await id('note-text').fill(language === 'fr' ? 'Emballage cadeau' : 'Gift wrap');
  await keep('61-note');
  await page.keyboard.press('Enter');
  await keys('F1');
  await id('sheet-cart-note').click();
  await id('note-text').fill(language === 'fr' ? 'Manteau bleu' : 'Blue coat');
  await page.keyboard.press('Enter');
  await id('cart-note').waitFor();
  await keep('62-noted');
  await keys('F6');
  await id('park-name').waitFor();
  await keep('63-park');
  await page.keyboard.press('Enter');
  await id('parked-count').waitFor();
  await keep('64-empty-with-parked');
  await id(`tile-${each[0].sku}`).click();
  await page.waitForTimeout(150);
  await keys('F7');
  await page.locator('[data-testid=sheet] [data-testid^=parked-]').first().waitFor();
  await keep('65-parked');
  await keys('1');
  await id('park-first').waitFor();
  await keep('66-parked-blocked');
  await page.keyboard.press('Escape');
  await keys('+');
  await id('toast').waitFor();
  await keys('Control+z', 'Control+z');
  await page.waitForTimeout(200);
  await keep('67-undone');
  await keys('F7', '1');
  await id('parked-count').waitFor({ state: 'detached' });
  await keys('F7');
  await id('parked-none').waitFor();
  await keep('68-none-parked');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F1');
  await keep('18-more');
  await page.keyboard.press('Escape');
  await keys('F1');
  await id('sheet-x-report').click();
  await id('report').waitFor();
  await keep('19-x-report');
  await page.keyboard.press('Escape');
  for (let packs = 0; packs < 2; packs += 1) {
    await keys('F2');
    await type('CAN-104');
    await id('results').waitFor();
    await keys('Enter');
    await page.waitForTimeout(200);
  }
  await page.locator('[data-testid=possession][data-state=over]').waitFor();
  await keys('F12');
  await id('notice').waitFor();
  await keep('33-over-possession-limit');
  await keys('Control+z');
  await page.locator('[data-testid=possession][data-state=near]').waitFor();
  await keep('35-near-possession-limit');
  await keys('Control+z');
  await page.locator('[data-testid=possession][data-state=fits]').waitFor();
  await keys('F12');
  await id('born-by').waitFor();
  await keep('34-age');
  await keys('1');
  await id('complete').waitFor();
  await keys('Escape');
  await page.route('**/api/state', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), recovered: true } });
  });
  await page.reload();
  await id('recovered').waitFor();
  await keep('21-recovered');
  await page.unroute('**/api/state');
  await page.keyboard.press('Control+Delete');
  await keep('20-void-cart');
  await page.keyboard.press('Escape');

  await page.keyboard.press('F12');
  await id('complete').waitFor();
  await keep('30-pay');
  await type('12');
  await keep('31-underpaid');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.locator('[data-testid^=quick-]').nth(2).click();
  await page.waitForTimeout(150);
  await keep('32-enough');
  await page.keyboard.press('Enter');
  await id('next').waitFor();
  await page.waitForTimeout(900);
  await keep('40-done');

  const sell = async (screen, fault, wait) => {
    await api('sim_fault', { fault });
    await page.waitForTimeout(300);
    await id((await id('next').isVisible()) ? 'next' : 'pay').waitFor();
    if (await id('next').isVisible()) await page.keyboard.press('Enter');
    await id(`tile-${each[0].sku}`).click();
    await page.waitForTimeout(150);
    await page.keyboard.press('F12');
    await page.locator('[data-testid^=quick-]').first().click();
    await page.waitForTimeout(250);
    await page.keyboard.press('Enter');
    await id('next').waitFor();
    await page.waitForTimeout(wait);
    await keep(screen);
  };
  const sim = await api('sim_state').catch(() => null);
  if (sim?.goods) {
    await sell('41-done-paper-out', 'paper_out', 1200);
    await page.keyboard.press('Enter');
    await keep('42-sell-paper-out');
    await sell('43-done-cut-off', 'cut_off', 2500);
    await page.keyboard.press('Enter');
    await keep('44-sell-unknown-job');
    for (const { job } of (await api('state')).jobs.unknown) await api('settle_job', { job, came_out: true });
    await api('sim_fault', { fault: 'none' });
    await page.waitForTimeout(1200);
    await id('pay').waitFor();
  } else await page.keyboard.press('Enter');

  const gone = () => id('sheet').waitFor({ state: 'detached' });
  const cash = async (screen, turns, amount) => {
    await keys('F1');
    await id('sheet-drawer').click();
    await id('drawer-next').waitFor();
    await keep(`${screen}-empty`);
    await keys(...turns);
    await type(amount);
    await keep(screen);
    await keys('Enter');
    await id('drawer-back').waitFor();
    await keep(`${screen}-reason`);
  };
  if (await id('next').isVisible()) await keys('Enter');
  await id('pay').waitFor();
  await keys('F10');
  await id('reason-look').waitFor();
  await keep('70-no-sale');
  await keys('4');
  await id('drawer-reason').waitFor();
  await keep('71-no-sale-other');
  await id('drawer-usual').click();
  await id('reason-look').waitFor();
  await page.keyboard.press('Escape');
  await gone();
  await id('no-sale').click();
  await keys('1');
  await gone();
  await id('notice').waitFor();
  await keep('72-no-sale-done');
  await cash('73-paid-in', ['ArrowLeft'], '100');
  await keys('1');
  await gone();
  await cash('74-safe-drop', ['ArrowRight'], '40');
  await keys('1');
  await gone();
  await cash('75-paid-out', [], '62.5');
  await keys('5');
  await id('drawer-reason').fill(language === 'fr' ? 'Livreur, facture au tiroir' : 'Courier, slip in the drawer');
  await keep('76-paid-out-other');
  await page.keyboard.press('Enter');
  await id('refuse').waitFor();
  await id(`approver-${supervisor.id}`).click();
  await type('9999');
  await page.keyboard.press('Enter');
  await id('approval-trouble').waitFor();
  await keep('77-paid-out-approval');
  await type(option['pin-supervisor']);
  await page.keyboard.press('Enter');
  await gone();
  await keep('78-paid-out-done');
  await keys('F1');
  await id('sheet-x-report').click();
  await id('report').waitFor();
  await keep('79-x-report-moved');
  await page.keyboard.press('Escape');

  const { last_sale: sold } = await api('state');
  await keys('F9');
  await id('find-sale').waitFor();
  await keep('80-return-find');
  await keys('F7');
  await id('with-receipt').waitFor();
  await keep('81-return-without-receipt');
  await scanInto(devtools, sold.receipt);
  await id('return-line').first().waitFor();
  await keep('82-return');
  await keys('+', '1');
  await id('return-total').waitFor();
  await keep('83-return-chosen');
  await keys('F6');
  await id('exchange-block').waitFor();
  await id(`tile-${each[0].sku}`).click();
  await page.waitForTimeout(200);
  await keep('84-exchange');
  await keys('F12');
  await id('complete').waitFor();
  await keep('85-exchange-pay');
  await keys('Escape');
  await id('leave-exchange').click();
  await id('exchange-block').waitFor({ state: 'detached' });
  await keys('Control+Delete', '1');
  await id('empty-cart').waitFor();
  await scanInto(devtools, sold.receipt);
  await id('return-line').first().waitFor();
  await keys('*', '2', 'F12');
  await id('next').waitFor();
  await keep('86-return-done');
  await keys('Enter');
  await id('pay').waitFor();
  await keys('F1');
  await id('sheet-journal').click();
  await id('detail').waitFor();
  await keep('87-journal');
  await keys('F2');
  await type(sold.receipt.split('-').at(-1));
  await id(`found-${sold.receipt}`).waitFor();
  await id(`found-${sold.receipt}`).click();
  await page.waitForTimeout(200);
  await keep('88-journal-sale');
  await keys('F7');
  await id('gift-print').waitFor();
  await keep('89-gift-receipt');
  await page.keyboard.press('Escape');
  await gone();
  await id('days-day').click();
  await keep('90-journal-day');
  await page.keyboard.press('Escape');
  await gone();
  await id('rail-sell').click();
  await id('pay').waitFor();

  await page.keyboard.press('F1');
  await id('sheet-close-shift').click();
  await id('counted').waitFor();
  await keep('50-count');
  for (const count of ['3', '', '1', '12', '4']) (await type(count), await keys('Enter'));
  await id('count-200-rolls').click();
  await type('1');
  await keep('52-counted');
  await keys('F12');
  await id('check-ask').waitFor();
  await keep('53-terminal');
  await keys('F12');
  await page.locator('[data-testid=check][data-outcome=told]').waitFor();
  await keys('F12');
  await id('explain-note').fill(
    language === 'fr' ? 'Un rouleau de 2 $ vient du coffre.' : 'One roll of $2 came from the safe.',
  );
  await keep('54-explain');
  await keys('F12');
  await id('z-done').waitFor();
  await keep('51-z-report');
  await page.keyboard.press('Control+l');
  await id('pin-dots').waitFor();
  if (sim?.goods) {
    await page.goto(`${option.base}/devices.html`);
    await id('drawer-kicks').waitFor();
    await keep('60-devices');
  }
  await context.close();
}

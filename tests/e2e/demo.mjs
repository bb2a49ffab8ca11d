// A sale in the real window, kept as numbered pictures and the receipt as it came out of the printer.
//   xvfb-run -a node tests/e2e/demo.mjs OUT
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { money, operators, sale, until } from './story.mjs';
import { Window } from './webdriver.mjs';

const out = resolve(process.argv[2] ?? 'demo-out');
mkdirSync(out, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'comptoir-demo-'));
let [window, taken] = [null, 0];

try {
  window = await Window.open({ data, name: 'demo' });
  await window.shown('pin-dots');
  await keep('who-is-at-the-counter');
  await window.clickText('[data-testid^="operator-"]', operators.en.name);
  await window.type(operators.en.pin);
  await window.press('Enter');
  await window.shown('float');
  await window.type(sale.float);
  await keep('open-a-shift');
  await window.press('Enter');
  await window.shown('empty-cart');
  await window.shown(`tile-${sale.loaf.sku}`);
  await keep('the-counter');

  await window.click(`tile-${sale.loaf.sku}`);
  await live(1);
  await window.press('F2');
  await window.type(sale.honey.search.en);
  await until('there is a hit', () => window.has('[role=option]'));
  await keep('search');
  await window.press('Enter');
  await live(2);
  await window.call('sim_scan', { code: sale.coffee.gtin });
  await live(3);
  await window.click(`tile-${sale.bananas.sku}`);
  await window.type(sale.bananas.typed);
  await window.says('quantity', `${sale.bananas.quantity.en}\u00a0kg`);
  await keep('sold-by-weight');
  await window.press('Enter');
  await live(4);
  await window.click('department-home');
  await window.click(`tile-${sale.tote.sku}`);
  await live(5);
  await window.click('department-favourites');
  await keep('the-cart');

  await window.press('F12');
  await window.says('cash-due', money(sale.cashDue, 'en'));
  await window.click(`quick-${sale.given}`);
  await until('the sale can be completed', () => window.attribute('complete', 'disabled'), null);
  await keep('pay');
  await window.press('Enter');
  await window.shown('next');
  await until('the receipt came out', () => window.attribute('receipt-state', 'data-state'), 'printed');
  await window.says('change', money(sale.change, 'en'));
  await keep('sale-done');
  const { slips } = await window.call('sim_state');
  writeFileSync(join(out, 'receipt.png'), Buffer.from(slips[0].png.replace(/^data:image\/png;base64,/, ''), 'base64'));

  await window.press('Enter');
  await window.shown('empty-cart');
  await window.click(`tile-${sale.loaf.sku}`);
  await live(1);
  await window.press('F12');
  await window.press('F3');
  await window.says('card-due', money(sale.loaf.amount, 'en'));
  await window.call('sim_card', { fault: 'declines' });
  await window.press('Enter');
  await card('declined');
  await keep('card-declined');
  await window.call('sim_card', { fault: 'none' });
  await window.type(sale.card.typed);
  await window.press('Enter');
  await card('approved');
  await keep('card-approved');
  await window.press('F2');
  await window.says('cash-due', money(sale.card.cashDue, 'en'));
  await window.click(`quick-${sale.card.cashDue}`);
  await until('the sale can be completed', () => window.attribute('complete', 'disabled'), null);
  await keep('card-and-cash');
  await window.press('Enter');
  await window.shown('next');
  await keep('paid-by-card-and-cash');

  await window.press('Enter');
  await window.shown('empty-cart');
  await window.press('F1');
  await window.click('sheet-close-shift');
  await window.shown('counted');
  for (const count of sale.pieces) {
    await window.type(count);
    await window.press('Enter');
  }
  await window.says('counted', money(sale.inDrawer, 'en'));
  await keep('count-the-drawer');
  await window.press('F12');
  await window.shown('over-short');
  await keep('z-report');
} finally {
  await window?.close();
  rmSync(data, { recursive: true, force: true });
}

async function keep(name) {
  taken += 1;
  const file = join(out, `${String(taken).padStart(2, '0')}-${name}.png`);
  await window.picture(file);
  console.log(file);
}

function card(state) {
  return until('the terminal', () => window.attribute('terminal', 'data-state'), state);
}

function live(count) {
  const script = 'return document.querySelectorAll("[data-testid=line]:not(.voided)").length';
  return until('live lines in the cart', () => window.run(script), count);
}

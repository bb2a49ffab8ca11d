// A day in the real window, kept as numbered pictures and a receipt as it came out of the printer.
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
  await signIn();
  await window.shown('float');
  await window.type(sale.float);
  await keep('open-a-shift');
  await window.press('Enter');
  await window.shown('empty-cart');
  await window.shown(`tile-${sale.loaf.sku}`);
  await keep('the-counter');

  await window.click(`tile-${sale.loaf.sku}`);
  await window.lines(1);
  await window.press('F2');
  await window.type(sale.honey.search.en);
  await until('there is a hit', () => window.has('[role=option]'));
  await keep('search');
  await window.press('Enter');
  await window.lines(2);
  await window.call('sim_scan', { code: sale.coffee.gtin });
  await window.lines(3);
  await window.click(`tile-${sale.bananas.sku}`);
  await window.type(sale.bananas.typed);
  await window.says('quantity', `${sale.bananas.quantity.en}\u00a0kg`);
  await keep('sold-by-weight');
  await window.press('Enter');
  await window.lines(4);
  await window.click('department-home');
  await window.click(`tile-${sale.tote.sku}`);
  await window.lines(5);
  await window.click('department-favourites');
  await keep('the-cart');

  // the tote is scratched: a price below the cashier's limit
  await window.press('F4');
  await window.type(sale.tote.lowered);
  await window.press('Enter');
  await window.click('reason-damaged');
  await approval('a-lower-price-is-approved');
  await window.gone('sheet');
  await until('it is lower', async () => (await window.call('state')).cart.lines[4].price, '9.00');

  // the coffee's bag is torn: more off than a cashier gives alone
  await window.press('ArrowUp');
  await window.press('ArrowUp');
  await window.press('F5');
  await window.type(sale.coffee.off);
  await window.press('Enter');
  await window.click('reason-damaged');
  await approval('a-discount-is-approved');
  await window.gone('sheet');
  await until('it is taken off', async () => (await window.call('state')).cart.lines[2].amount, sale.coffee.reduced);
  await keep('reduced');

  // somebody forgot her purse
  await window.press('F6');
  await window.shown('park-name');
  await window.type('Blue coat');
  await keep('park-the-cart');
  await window.press('Enter');
  await window.shown('empty-cart');
  await keep('a-cart-waits');

  // the next customer buys what asks for an age
  await window.click(`department-${sale.limited.department}`);
  await window.click(`tile-${sale.limited.fits}`);
  await window.lines(1);
  await keep('the-limit');
  await window.press('F12');
  await window.shown('born-by');
  await keep('old-enough');
  await window.press('1');
  await window.shown('complete');
  await payCash('pay');
  await window.press('Enter');
  await window.shown('next');
  await until('the receipt came out', () => window.attribute('receipt-state', 'data-state'), 'printed');
  await keep('sale-done');
  await window.press('Enter');
  await window.shown('empty-cart');
  await window.click('department-favourites');

  // she is back, and the power fails
  await window.press('F7');
  await until('the cart is listed', () => window.has('[data-testid^="parked-"]'));
  await window.press('1');
  await window.lines(5);
  await keep('resumed');
  await window.cutPower();
  window = await Window.open({ data, name: 'demo-2' });
  await signIn();
  await window.lines(5);
  await window.shown('recovered');
  await keep('after-the-power-cut');
  await window.press('F12');
  await payCash('pay-in-cash');
  await window.press('Enter');
  await window.shown('next');
  await until('the receipt came out', () => window.attribute('receipt-state', 'data-state'), 'printed');
  const { receipt } = (await window.call('state')).last_sale;
  const { slips } = await window.call('sim_state');
  writeFileSync(join(out, 'receipt.png'), Buffer.from(slips[0].png.replace(/^data:image\/png;base64,/, ''), 'base64'));
  await window.press('Enter');
  await window.shown('empty-cart');

  await window.click(`tile-${sale.loaf.sku}`);
  await window.lines(1);
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
  await payCash('card-and-cash');
  await window.press('Enter');
  await window.shown('next');
  await keep('paid-by-card-and-cash');
  await window.press('Enter');
  await window.shown('empty-cart');

  // the honey comes back, and then the coffee for something else
  await openReturn(receipt);
  await keep('a-sale-is-found');
  await choose(2, '2');
  await keep('honey-comes-back');
  await window.press('F12');
  await window.shown('hand-back-amount');
  await keep('refunded');
  await window.press('Enter');
  await window.shown('empty-cart');
  await openReturn(receipt);
  await choose(2, '1'); // what came back already is passed over
  await window.press('F6');
  await window.shown('exchange-block');
  await window.click('department-home');
  await window.click(`tile-${sale.tote.sku}`);
  await window.lines(1);
  await keep('exchange');
  await window.press('F12');
  await window.shown('complete');
  if (await window.has('[data-testid^="quick-"]')) await payCash('exchange-is-paid');
  await window.press('Enter');
  await window.shown('next');
  await keep('exchanged');
  await window.press('Enter');
  await window.shown('empty-cart');

  // the courier is paid out of the drawer
  await window.press('F1');
  await window.click('sheet-drawer');
  await window.shown('drawer-next');
  await window.type(sale.moved);
  await window.press('Enter');
  await window.click('reason-delivery');
  await approval('paid-out-is-approved');
  await window.gone('sheet');

  await window.press('F1');
  await window.click('sheet-journal');
  await window.shown('detail');
  await keep('the-journal');
  await window.click('rail-sell');
  await window.shown('empty-cart');

  // a nickel rolled under the counter
  const expected = await expectedCash();
  const found = (Number(expected) - Number(sale.handOver.short)).toFixed(2);
  await window.press('F1');
  await window.click('sheet-close-shift');
  await window.shown('counted');
  for (const count of piecesOf(found)) {
    if (count > 0) await window.type(String(count));
    await window.press('Enter');
  }
  await window.says('counted', money(found, 'en'));
  await keep('count-the-drawer');
  await window.press('F12');
  await window.shown('check-ask');
  await window.press('F12');
  await until('the terminal told', () => window.attribute('check', 'data-outcome'), 'told');
  await keep('the-terminal-agrees');
  await window.press('F12');
  await window.shown('explained');
  await window.type('One nickel rolled under the counter');
  await keep('short-is-explained');
  await window.press('F12');
  await window.shown('z-done');
  await until('it says what is missing', async () => (await window.text('over-short')).includes(money(sale.handOver.short, 'en')), true);
  await keep('z-report');
} catch (error) {
  await keep('failed').catch(() => {});
  throw error;
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

async function signIn() {
  await window.shown('pin-dots');
  await window.clickText('[data-testid^="operator-"]', operators.en.name);
  await window.type(operators.en.pin);
  await window.press('Enter');
  await window.gone('pin-dots');
}

/** What the drawer should have in it: whoever counts it blind is not told, a supervisor is. */
async function expectedCash() {
  const all = await window.call('operators');
  const arrive = ({ name, pin }) =>
    window.call('sign_in', { operator: all.find((one) => one.name === name).id, pin });
  await arrive(operators.supervisor);
  const { expected } = await window.call('x_report');
  await arrive(operators.en);
  return expected;
}

/** A supervisor comes over and types a PIN. */
async function approval(name) {
  await window.shown('refuse');
  await window.clickText('[data-testid^="approver-"]', operators.supervisor.name);
  await window.type(operators.supervisor.pin);
  await keep(name);
  await window.press('Enter');
}

/** The second of the quick amounts: more than is due, so there is change. */
async function payCash(name) {
  const { cart } = await window.call('state');
  await window.click(`quick-${cart.cash.quick[1] ?? cart.cash.quick[0]}`);
  await until('the sale can be completed', () => window.attribute('complete', 'disabled'), null);
  await keep(name);
}

async function openReturn(receipt) {
  await window.press('F9');
  await window.shown('find-sale');
  await window.type(receipt);
  await window.shown(`found-${receipt}`);
  await window.press('Enter');
  await window.shown('return-line');
}

/** One of the `n`th line comes back, for the reason of a key. */
async function choose(n, reason) {
  for (let line = 1; line < n; line += 1) await window.press('ArrowDown');
  await window.press('+');
  await window.press(reason);
  await until('it is known what goes back', () => window.attribute('refund', 'disabled'), null);
}

/** Notes and coins that make an amount, from the hundred down to the nickel. */
function piecesOf(amount) {
  let left = Math.round(Number(amount) * 100);
  return [10_000, 5_000, 2_000, 1_000, 500, 200, 100, 25, 10, 5].map((value) => {
    const count = Math.floor(left / value);
    left -= count * value;
    return count;
  });
}

function card(state) {
  return until('the terminal', () => window.attribute('terminal', 'data-state'), state);
}

// Sales in the real window: the power is cut in the middle of one, the paper runs out on one, the printer's cable
// comes loose on one; a card payment is cut off, and a store is set up.
//   xvfb-run -a node tests/e2e/window.mjs
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { money, operators, outFolder, sale, until } from './story.mjs';
import { Window } from './webdriver.mjs';

const out = outFolder('window');
const data = mkdtempSync(join(tmpdir(), 'comptoir-window-'));
const dollars = (amount) => money(amount, 'en');
let window;

try {
  window = await Window.open({ data, name: 'window-1' });
  await signIn();
  await window.shown('float');
  await window.type(sale.float);
  await window.press('Enter');
  await window.shown('empty-cart');

  await window.click(`tile-${sale.loaf.sku}`);
  await window.lines(1);
  await window.call('sim_scan', { code: sale.coffee.gtin });
  await window.lines(2);
  await window.click(`tile-${sale.bananas.sku}`);
  await window.type(sale.bananas.typed);
  await window.says('quantity', `${sale.bananas.quantity.en}\u00a0kg`);
  await window.press('Enter');
  await window.lines(3);
  await window.click(`tile-${sale.croissant.sku}`);
  await window.lines(4);
  await window.press('Delete');
  await window.click(`reason-${sale.croissant.reason}`);
  await window.lines(3);
  await window.says('subtotal', dollars('22.65')); // 6.49 + 13.99 + 2.17
  await window.picture(join(out, '1-before-the-cut.png'));

  await window.cutPower();
  window = await Window.open({ data, name: 'window-2' });
  await until('the window is back', async () => (await window.has('[data-testid=pin-dots]')) || (await isSelling()));
  if (!(await isSelling())) await signIn();
  await window.lines(3);
  await window.says('subtotal', dollars('22.65'));
  await window.shown('recovered');
  await window.picture(join(out, '2-after-the-cut.png'));

  await window.press('F12');
  await window.says('cash-due', dollars('22.65'));
  await window.click('quick-50.00');
  await until('the sale can be completed', () => window.attribute('complete', 'disabled'), null);
  await window.press('Enter');
  await window.shown('next');
  await window.says('change', dollars('27.35'));
  await until('the receipt came out', () => window.attribute('receipt-state', 'data-state'), 'printed');
  const cutOff = 'const e = document.querySelector("[data-testid=receipt-lines]"); return e.scrollWidth - e.clientWidth';
  assert.equal(await window.run(cutOff), 0, 'no character of the receipt is cut off on the screen');
  const { slips, drawer_kicks } = await window.call('sim_state');
  assert.equal(drawer_kicks, 1, 'the drawer opened once');
  assert.equal(slips.length, 1, 'one receipt came out');
  const receipt = join(out, 'receipt.png');
  writeFileSync(receipt, Buffer.from(slips[0].png.replace(/^data:image\/png;base64,/, ''), 'base64'));
  const { last_sale } = await window.call('state');
  assert.equal(execFileSync('zbarimg', ['--quiet', '--raw', receipt], { encoding: 'utf8' }).trim(), last_sale.receipt);
  await window.picture(join(out, '3-sale-done.png'));
  await window.press('Enter');
  await window.shown('empty-cart');
  console.log('the cart outlived a power cut, was paid, printed and filed');

  await fault('paper_out');
  await until('the lamp shows it', lamp, 'stopped');
  await window.shown('printer-trouble');
  await sellALoaf();
  await until('the sale is done, its receipt waits', receiptState, 'waiting');
  await window.says('drawer-state', 'Drawer not opened');
  await window.says('jobs-waiting', '1 waiting');
  assert.match(await window.text('printer-trouble'), /^Paper out\. .* Selling goes on\. One job will print by itself\.$/);
  await window.picture(join(out, '4-paper-out.png'));
  await fault('none');
  await until('the lamp is well again', lamp, 'ready');
  await until('it prints by itself', receiptState, 'printed');
  await window.gone('printer-trouble');
  const afterwards = await window.call('sim_state');
  assert.equal(afterwards.slips.length, 2);
  assert.equal(afterwards.drawer_kicks, 1, 'the drawer does not open when nobody expects it');
  assert.doesNotMatch(afterwards.slips[0].text, /DUPLICATE/);
  await window.press('Enter');
  await window.shown('empty-cart');
  console.log('a sale without paper stood; its receipt printed by itself');

  await fault('cut_off');
  await sellALoaf();
  await window.shown('ask-out');
  await window.picture(join(out, '5-did-it-come-out.png'));
  await window.press('Enter'); // the next customer need not wait for the answer
  await window.shown('unknown-job');
  await window.click('not-out');
  await window.gone('unknown-job');
  await until('it printed again', async () => (await window.call('state')).jobs, { waiting: 0, unknown: [] });
  const [again] = (await window.call('sim_state')).slips;
  assert.match(again.text, /DUPLICATE/);
  assert.equal((await window.call('state')).last_sale.receipt_job, 'printed');
  console.log('a receipt in question was asked for, and printed again as a duplicate');

  await window.click(`tile-${sale.loaf.sku}`);
  await window.lines(1);
  await window.press('F12');
  await window.press('F3');
  await window.says('card-due', dollars(sale.loaf.amount));
  await window.call('sim_card', { fault: 'waits' });
  await window.press('Enter');
  await card('asking');
  await until('the terminal waits for a card', async () => (await window.call('state')).card.steps.length > 1);
  await window.picture(join(out, '6-card-asking.png'));
  await window.cutPower();
  window = await Window.open({ data, name: 'window-3' });
  await signIn();
  await window.shown('card-back');
  await card('doubtful'); // it was asked by itself, but its memory died with the program
  await window.picture(join(out, '7-card-doubtful.png'));
  await window.click('card-not-charged');
  await window.clickText('[data-testid^="approver-"]', operators.supervisor.name);
  await window.type(operators.supervisor.pin);
  await window.press('Enter');
  await card('cancelled');
  await window.type(sale.card.typed);
  await window.press('Enter');
  await card('approved');
  await window.press('F2');
  await window.click(`quick-${sale.card.cashDue}`);
  await until('the sale can be completed', () => window.attribute('complete', 'disabled'), null);
  await window.press('Enter');
  await window.shown('next');
  const paid = (await window.call('state')).last_sale.tenders.map(({ type, amount }) => [type, amount]);
  assert.deepEqual(paid, [
    ['card', sale.card.typed],
    ['cash', sale.card.cashDue],
  ]);
  console.log('a card payment cut off by a power cut was settled, and the sale paid by card and cash');

  await window.close();
  const mine = { data: join(data, 'mine'), args: ['--data', join(data, 'mine')] };
  window = await Window.open({ ...mine, name: 'window-4' });
  await window.shown('setup-name');
  await window.type('Quay');
  for (const step of ['region-NS', 'setup-register', 'setup-manager']) {
    await window.click('setup-next');
    await window.shown(step);
    if (step.startsWith('region')) await window.click(step);
  }
  await window.type('Manager');
  for (const _ of ['typed', 'typed again']) {
    for (const digit of '4444') await window.click(`pad-${digit}`);
    await window.click('pad-enter');
  }
  await window.shown('setup-pin-kept');
  await window.press('F12');
  await window.shown('pin-dots');
  const { store } = await window.call('state');
  assert.deepEqual([store.code, store.name, store.region], ['QUA', 'Quay', 'NS']);
  await window.cutPower();
  window = await Window.open({ ...mine, name: 'window-5' });
  await window.shown('pin-dots');
  await window.type('4444');
  await window.press('Enter');
  await window.shown('float');
  console.log('a store was set up in the window, and is there after a power cut');
} catch (error) {
  await window?.picture(join(out, 'failed.png')).catch(() => {});
  console.error(`failed; the screen, if there was one, is in ${join(out, 'failed.png')}`);
  throw error;
} finally {
  await window?.close();
  rmSync(data, { recursive: true, force: true });
}

async function signIn() {
  await window.shown('pin-dots');
  await window.clickText('[data-testid^="operator-"]', operators.en.name);
  await window.type(operators.en.pin);
  await window.press('Enter');
  await window.gone('pin-dots');
}

async function fault(name) {
  await window.beside(async () => {
    await window.click(`fault-${name}`);
    await until('it is so', () => window.attribute(`fault-${name}`, 'aria-pressed'), 'true');
  });
}

async function sellALoaf() {
  await window.click(`tile-${sale.loaf.sku}`);
  await window.lines(1);
  await window.press('F12');
  await window.click('quick-6.50');
  await until('the sale can be completed', () => window.attribute('complete', 'disabled'), null);
  await window.press('Enter');
  await window.shown('next');
}

function card(state) {
  return until('the terminal', () => window.attribute('terminal', 'data-state'), state);
}

function lamp() {
  return window.attribute('lamp-printer', 'data-lamp');
}

function receiptState() {
  return window.attribute('receipt-state', 'data-state');
}


function isSelling() {
  return window.has('[data-testid=pay]');
}

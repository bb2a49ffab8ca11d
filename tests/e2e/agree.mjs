// Two tills of a store in two real windows, and head office's pages in Chromium: they agree, the internet is cut, the
// shop goes on selling, and they agree again. The programs and a PostgreSQL are there already.
//   xvfb-run -a dbus-run-session -- node tests/e2e/agree.mjs [OUT]
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Internet } from './internet.mjs';
import { close, command, person, serve, TENANT } from './office-house.mjs';
import { openBrowser, openScreen } from './page.mjs';
import { signIn } from './office/look.mjs';
import { operators, outFolder, sale, until } from './story.mjs';
import { Window } from './webdriver.mjs';

const STORE = 'RDC'; // the demonstration's
const out = process.argv[2] ? resolve(process.argv[2]) : outFolder('agree');
mkdirSync(out, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'comptoir-agree-'));
const password = 'four words are enough';
const raised = '7.25';
const all = { text: '', from: null, to: null, kind: null, before: null, limit: 50 };
let [one, two, browser, office, internet, taken] = [null, null, null, null, null, 0];

try {
  command('tenant', 'add', TENANT, 'Corner Shops');
  command('store', 'add', TENANT, STORE, 'Rideau Corner');
  person('amelie', 'Amélie Roy', 'owner', password);
  const house = await serve();
  internet = await Internet.to(house.address);
  browser = await openBrowser();

  // register 1 sells already, and takes part from its settings
  one = await Window.open({ data: join(folder, 'one'), name: 'agree-one' });
  await atTheTill(one);
  await one.click('open-office');
  await one.click('rail-settings');
  await one.click('section-link');
  await fill(one, 'link-url', internet.base);
  await fill(one, 'link-code', command('code', TENANT, STORE));
  await one.press('F12');
  await connected(one, 1);
  await keep(one, 'register-1-takes-part');
  const port = await one.text('link-port');
  await sells(one);

  // register 2 joins from an empty folder
  two = await Window.open({ data: join(folder, 'two'), name: 'agree-two', args: ['--data', join(folder, 'two')] });
  await two.click('join-instead');
  await fill(two, 'setup-office', internet.base);
  await fill(two, 'setup-ticket', command('code', TENANT, STORE));
  await keep(two, 'register-2-joins');
  await two.press('F12');
  await two.shown('pin-dots');
  await atTheTill(two);
  await two.click('open-office');
  await two.click('rail-settings');
  await two.click('section-link');
  await fill(two, 'link-neighbour', `127.0.0.1:${port}`);
  await two.click('link-add');
  await two.shown('link-remove');
  await connected(two, 2);
  await until('the strip says so', () => two.attribute('lamp-link', 'data-lamp'), 'ready');
  await keep(two, 'register-2-takes-part');
  const inside = 'return document.querySelector("header.strip .clock").getBoundingClientRect().right <= innerWidth';
  assert.ok(await two.run(inside), 'a strip of devices that are not set up has room for the time');
  await sells(two);

  office = await openScreen(browser, house, 'agree', { size: '1440x900', language: 'en', theme: 'light' });
  await office.page.goto(house.base);
  await signIn(office, 'amelie@demo', password);
  await buys(one, sale.loaf.sku);
  await buys(two, sale.honey.sku);
  await office.press('rail-live');
  const rows = office.page.getByTestId('live-rows').getByRole('row');
  await until('both sales are in the office', () => rows.count(), 2);
  await look('the-office-sees-both');

  // no internet: the shop goes on
  await internet.cut();
  for (const window of [one, two]) {
    await unplugged(window);
    await until('the strip says so', () => window.attribute('lamp-link', 'data-lamp'), 'offline');
  }
  await adds(one, sale.loaf.sku, 1);
  await adds(one, sale.coffee.sku, 2);
  await one.press('F6');
  await one.shown('park-name');
  await one.type('Blue coat');
  await one.press('Enter');
  await one.shown('empty-cart');
  await until('the other lists it', async () => (await two.call('parked')).map(({ name }) => name), ['Blue coat']);
  await keep(one, 'parked-without-internet');
  await two.press('F7');
  await until('the cart is listed', () => two.has('[data-testid^="parked-"]'));
  await keep(two, 'listed-at-register-2');
  await two.press('1');
  await two.lines(2);
  await until('it waits nowhere any more', async () => (await one.call('parked')).length, 0);
  await keep(two, 'resumed-at-register-2');
  await pays(two);
  await buys(one, sale.honey.sku);
  await keep(one, 'register-1-without-internet');
  assert.equal(await rows.count(), 2, 'the office knows nothing of it yet');
  // meanwhile somebody in the office raises a price
  await office.press('rail-prices');
  await office.at('find').fill(sale.loaf.sku);
  await office.press(`price-${sale.loaf.sku}`);
  await office.at('price').fill(raised);
  await office.press('price-save');
  await office.shown('price-set');
  await look('a-price-is-raised');
  await office.press('sheet-close');

  // and back
  await internet.plug();
  await office.press('rail-live');
  await until('all sales are in the office', () => rows.count(), 4, 60);
  for (const window of [one, two]) {
    await until('everything is everywhere', () => window.attribute('lamp-link', 'data-lamp'), 'ready', 60);
    const price = async () => (await window.call('search', { text: sale.loaf.sku, limit: 1 }))[0].price;
    await until('it sells at the new price', price, raised, 60);
    await buys(window, sale.loaf.sku, raised);
    await keep(window, `register-${window === one ? 1 : 2}-at-the-new-price`);
  }
  await until('those two as well', () => rows.count(), 6, 60);
  await look('the-office-has-them-all');
  await agrees();
  await office.press('rail-stores');
  await office.shown(`store-${STORE}`);
  await until('all receipts are counted', () => office.text('figure-receipts'), '6', 60);
  await look('the-stores');
  await office.page.goto(`${house.base}/stores/${STORE}`);
  await office.shown('device-2');
  await look('the-store');
  // each register alone takes the same goods back; nobody could know, and everybody is told
  const { found } = await one.call('find_sales', all);
  const { receipt } = found.find(({ total }) => total === raised);
  await internet.cut();
  await one.close();
  await takesBack(two, receipt);
  await two.close();
  one = await opened('one', ['--demo']);
  await takesBack(one, receipt);
  await keep(one, 'register-1-takes-it-back-too');
  two = await opened('two', []);
  for (const window of [one, two]) {
    await until('the journal knows', async () => (await window.call('taken_back_twice')).length, 1, 60);
    await window.press('F1');
    await window.click('sheet-journal');
    await window.shown('taken-back-twice');
    assert.ok((await window.text('taken-back-twice')).includes(receipt));
    await keep(window, `register-${window === one ? 1 : 2}-says-so`);
  }
  await internet.plug();
  await office.press('rail-live');
  const told = async () => (await office.at('taken-back-twice').count()) > 0;
  await until('the office says so', told, true, 90);
  assert.ok((await office.text('taken-back-twice')).includes(receipt));
  await look('the-office-says-so');
  await office.at('taken-back-twice').getByRole('button').click();
  await office.shown('too-much');
  await look('both-returns-of-the-sale');
  assert.deepEqual(office.problems, []);
  console.log(`two tills and the office agree; the pictures are in ${out}`);
} catch (error) {
  for (const [name, window] of Object.entries({ one, two }))
    await window?.picture(join(out, `failed-${name}.png`)).catch(() => {});
  await office?.page.screenshot({ path: join(out, 'failed-office.png') }).catch(() => {});
  if (office) console.error(office.problems.join('\n'));
  throw error;
} finally {
  await Promise.all([one?.close(), two?.close(), browser?.close(), internet?.cut()]);
  await close();
  rmSync(folder, { recursive: true, force: true });
}

/** A register that was closed, opened again; somebody is signed in. */
async function opened(name, more) {
  const data = join(folder, name);
  const window = await Window.open({ data, name: `agree-${name}`, args: [...more, '--data', data] });
  await signsIn(window);
  await window.shown('empty-cart');
  return window;
}

/** All of a sale comes back, by its receipt. */
async function takesBack(window, receipt) {
  await window.press('F9');
  await window.shown('find-sale');
  await window.type(receipt);
  await window.shown(`found-${receipt}`);
  await window.press('Enter');
  await window.shown('return-line');
  await window.click('take-all');
  await window.press('1');
  await until('it is known what goes back', () => window.attribute('refund', 'disabled'), null);
  await window.press('F12');
  await window.shown('next');
  await window.press('Enter');
  await window.shown('empty-cart');
}

/** What both registers have in their journals is what the office counts, to the cent. */
async function agrees() {
  const sums = [];
  for (const window of [one, two]) {
    const { found: sales } = await window.call('find_sales', all);
    const totals = sales.map(({ receipt, total }) => `${receipt} ${total}`).sort();
    assert.equal(totals.length, 6);
    sums.push(totals);
  }
  assert.deepEqual(sums[0], sums[1]);
  const cents = sums[0].reduce((sum, text) => sum + Math.round(Number(text.split(' ')[1]) * 100), 0);
  await office.press('rail-reports');
  await until('the office has the same sum', () => office.text('net'), `$${(cents / 100).toFixed(2)}`);
  await look('the-sums-agree');
}

async function keep(window, name) {
  taken += 1;
  await window.picture(join(out, `agree-${String(taken).padStart(2, '0')}-${name}.png`));
}

async function look(name) {
  taken += 1;
  await office.page.screenshot({ path: join(out, `agree-${String(taken).padStart(2, '0')}-${name}.png`) });
}

async function atTheTill(window) {
  await signsIn(window);
  await window.shown('float');
}

async function signsIn(window) {
  await window.shown('pin-dots');
  const manager = (await window.call('operators')).find(({ name }) => name === operators.manager.en.name);
  await window.click(`operator-${manager.id}`);
  await window.type(operators.manager.en.pin);
  await window.press('Enter');
}

/** Opens a shift, from wherever the manager is. */
async function sells(window) {
  await window.click('rail-sell');
  await window.shown('float');
  await window.type(sale.float);
  await window.press('Enter');
  await window.shown('empty-cart');
}

async function fill(window, id, text) {
  await window.click(id);
  await window.type(text);
}

/** Settings show so many lines, to head office and neighbours, that are up to date. */
function connected(window, count) {
  const script = 'return document.querySelectorAll("[data-testid=link-line][data-state=up_to_date]").length';
  return until('lines are up to date', async () => (await window.run(script)) >= count);
}

/** Head office is not reached, and the neighbour is. */
function unplugged(window) {
  return until('head office is away', async () => {
    const { lines } = await window.call('link_view');
    const away = lines.some(({ head_office, state }) => head_office && state === 'offline');
    return away && lines.some(({ head_office, state }) => !head_office && state === 'up_to_date');
  }, true, 60);
}

async function adds(window, sku, lines) {
  await window.click(`tile-${sku}`);
  await window.lines(lines);
}

async function pays(window) {
  await window.press('F12');
  await window.shown('complete');
  const { cart } = await window.call('state');
  await window.click(`quick-${cart.cash.quick[0]}`);
  await until('the sale can be completed', () => window.attribute('complete', 'disabled'), null);
  await window.press('Enter');
  await window.shown('next');
  await window.press('Enter');
  await window.shown('empty-cart');
}

async function buys(window, sku, price) {
  await adds(window, sku, 1);
  if (price) assert.equal((await window.call('state')).cart.lines[0].price, price);
  await pays(window);
}

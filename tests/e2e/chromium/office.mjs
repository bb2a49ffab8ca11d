// The manager's places: what was sold, the devices and their cure, the settings of the store and of the window.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { sale, until } from '../story.mjs';

export const name = 'office';
export const demo = true;

const managers = { en: { name: 'Manager', pin: '4444' }, fr: { name: 'Gérance', pin: '5555' } };
const foot = { en: 'See you at the market', fr: 'À bientôt au marché' };
const newcomer = { name: 'Ines', pin: '8080', next: '9090' };
const layout = '02=2|IIIII|V|PPPP|C';

export async function run(screen) {
  const { page, bridge, language, at, press, shown, gone, text, says, dollars, type, lines, scan, slowScan, keep } = screen;
  const place = async (id) => {
    await page.keyboard.press('F1');
    await at('sheet-journal').click();
    await at(`rail-${id}`).click();
  };
  const signIn = async ({ name, pin }) => {
    const { id } = (await bridge.call('operators')).find((one) => one.name === name);
    await at(`operator-${id}`).click();
    await type(pin);
    await page.keyboard.press('Enter');
  };
  const saysFile = (name) => until('it says where the file is', async () => name.exec(await text('notice'))?.[0]);
  /** Somebody begins to work here, becomes something else under a new PIN, and leaves. */
  const people = async () => {
    const person = async () => (await bridge.call('people')).find(({ name }) => name === newcomer.name);
    const pin = async (digits) => {
      await at('person-pin').click();
      for (const _ of ['typed', 'typed again']) {
        await type(digits);
        await page.keyboard.press('Enter');
      }
      await gone('sheet');
    };
    await page.keyboard.press('F1');
    await at('sheet-people').click();
    await at('person-add').click();
    assert.equal(await at('person-save').isDisabled(), true, 'nobody without a name');
    await at('person-name').fill(newcomer.name);
    await at('role-supervisor').click();
    await at('person-language-fr').click();
    await pin(newcomer.pin);
    await keep('56-person-new');
    await at('person-save').click();
    await shown('person-saved');
    const { id } = await person();
    await keep('57-person-saved');
    await at('role-cashier').click();
    await pin(newcomer.next);
    await at('person-save').click();
    await until('it is another role', async () => (await person()).role, 'cashier');
    await at('person-turn').click();
    await shown('person-turn-do');
    await keep('58-person-leaves');
    await page.keyboard.press('Enter');
    await gone('sheet');
    assert.equal((await person()).active, false);
    assert.ok((await bridge.call('operators')).every((one) => one.id !== id), 'who left cannot sign in');
    await page.keyboard.press('Escape');
    await shown('pay');
  };
  /** A day in figures, on paper and as a file, and the shift that is open. */
  const reports = async () => {
    /** What comes out of the printer has its title, and what was sold, on it. */
    const printed = async (key, title) => {
      const amount = new RegExp(sale.loaf.amount.replace('.', '[.,]'));
      const papers = async () => (await bridge.call('sim_state')).slips.filter(({ text }) => title.test(text));
      assert.deepEqual(await papers(), []);
      await page.keyboard.press(key);
      await until('the paper is out', async () => (await papers()).map(({ text }) => amount.test(text)), [true]);
    };
    await place('reports');
    await says('report-net', dollars(sale.loaf.amount));
    await says('figure-sales', '1');
    await until('the hour has its bar', () => at('hours').locator('.bar').count(), 1);
    await until('the tender is told', () => at('tenders').locator('tbody tr').count(), 1);
    await shown('operator-table');
    await keep('60-report-today');
    await page.keyboard.press('F5');
    const path = await saysFile(/\S+\.csv/);
    assert.ok(readFileSync(path, 'utf8').includes(sale.loaf.amount), 'what was sold stands in the file');
    await keep('61-report-saved');
    await printed('F4', /SALES|VENTES/);
    await at('report-yesterday').click();
    await shown('report-empty');
    await keep('62-report-empty');
    await page.keyboard.press('ArrowDown');
    await until('the open shift', () => at('shift-1').getAttribute('aria-pressed'), 'true');
    await says('report-net', dollars(sale.loaf.amount));
    await page.keyboard.press('F7');
    await shown('report');
    await keep('63-report-x');
    await printed('Enter', /^ *X *$/m);
    await gone('sheet');
  };
  /** Paper runs out, its cure is drawn, a test page waits and prints by itself; a scan is shown and not sold. */
  const devices = async () => {
    const lamp = (wanted) => until('the printer', () => at('device-printer').getAttribute('data-lamp'), wanted);
    await at('rail-devices').click();
    await lamp('ready');
    await keep('64-devices');
    await page.keyboard.press('F7');
    const report = await saysFile(/\S+\.json/);
    const { devices: known } = JSON.parse(readFileSync(report, 'utf8'));
    assert.deepEqual(
      known.map(({ kind, lamp }) => [kind, lamp]),
      ['printer', 'scanner', 'terminal'].map((kind) => [kind, 'ready']),
    );
    await bridge.call('sim_fault', { fault: 'paper_out' });
    await lamp('stopped');
    await shown('cure');
    await shown('mark-devices');
    await at('test-printer').click();
    await until('the test page waits', () => page.locator('[data-testid^=job-][data-state=waiting]').count(), 1);
    await keep('65-devices-paper-out');
    await at('test-drawer').click();
    const waits = { en: /opens when the printer is back/, fr: /s’ouvrira au retour de l’imprimante/ };
    await until('what becomes of the drawer', async () => waits[language].test(await text('notice')));
    await keep('65-devices-drawer-waits');
    await at('device-drawer').click();
    await until('the drawer is chosen', () => at('device-drawer').getAttribute('aria-pressed'), 'true');
    await shown('device-open-drawer');
    await at('device-printer').click();
    await bridge.call('sim_fault', { fault: 'none' });
    await lamp('ready');
    await shown('no-jobs');
    await gone('cure');
    const { slips } = await bridge.call('sim_state');
    assert.ok(slips.some((slip) => /TEST PAGE|PAGE D.ESSAI/.test(slip.text)), 'the test page came out');
    await at('device-scanner').click();
    await scan(sale.coffee.gtin);
    await until('the scan is shown', async () => (await text('reads')).includes(sale.coffee.gtin));
    assert.equal((await bridge.call('state')).cart.lines.length, 0, 'and it is not sold');
    await keep('66-devices-scanner');
    await at('slow-scanner-true').click();
    await keep('66-devices-slow-scanner');
    await slowScan(sale.coffee.gtin);
    await until('it is heard', () => at('reads').locator('tbody tr').count(), 2);
    await at('slow-scanner-false').click();
    await at('device-set-up').click();
    await at('device-address').fill('nowhere');
    await page.keyboard.press('Enter');
    await shown('device-trouble');
    await keep('67-devices-address');
    await page.keyboard.press('Escape');
    await gone('sheet');
    await terminal();
  };
  /** The terminal's totals, and the password that it wants. */
  const terminal = async () => {
    await at('device-terminal').click();
    await shown('check');
    await keep('75-devices-terminal');
    await at('check-ask').click();
    await until('it is told', () => at('check').getAttribute('data-outcome'), 'told');
    await says('check-told', dollars('0.00'));
    await keep('76-devices-terminal-told');
    const password = async (digits) => {
      await at('device-set-up').click();
      await shown('terminal-password');
      await at('terminal-password').fill(digits);
    };
    await password('47a1');
    await at('device-save').click();
    await shown('device-trouble');
    await keep('77-devices-password');
    await at('terminal-password').fill('4711');
    await at('device-save').click();
    await gone('sheet');
    await password('');
    await shown('password-factory'); // one is set, and not shown
    assert.equal(await at('terminal-password').inputValue(), '');
    await at('password-factory').click();
    await at('device-save').click();
    await gone('sheet');
    const terminalAt = (await bridge.call('device_addresses')).find(({ kind }) => kind === 'terminal');
    assert.equal(terminalAt.password, false);
  };
  /** Receipts in both languages, a limit, a scale's label, the ticket on the other side, the theme. */
  const settings = async () => {
    await at('rail-settings').click();
    await shown('store-name');
    assert.equal(await at('settings-save').isDisabled(), true, 'nothing is changed yet');
    await keep('68-settings-store');
    await at('section-receipts').click();
    await at('receipt-both').click();
    await at('foot-en').fill(foot.en);
    await at('foot-fr').fill(foot.fr);
    await until('the preview follows', async () => {
      const paper = await text('receipt-lines');
      return paper.includes(foot.en) && paper.includes(foot.fr);
    });
    await keep('69-settings-receipts');
    await page.keyboard.press('F12');
    await shown('settings-saved');
    await at('section-selling').click();
    await at('limit-cashier').fill('150');
    await page.keyboard.press('F12');
    await shown('settings-trouble');
    await until('at its place', () => at('limit-cashier').getAttribute('aria-invalid'), 'true');
    await keep('70-settings-refused');
    await at('limit-cashier').fill('15');
    await at('layout-1').fill(layout);
    await at('section-store').click();
    await at('store-name').fill('Rideau Corner North'); // of another part, and saved with it
    await at('rail-sell').click();
    await shown('unsaved-save');
    await keep('71-settings-unsaved');
    await at('unsaved-save').click();
    await shown('pay');
    assert.equal((await bridge.call('state')).store.name, 'Rideau Corner North');
    const kept = await bridge.call('settings');
    assert.deepEqual(
      [kept.receipt, kept.receipt_foot, kept.discount_cashier, kept.price_barcodes],
      ['both', foot, '15%', [layout]],
    );
    await place('settings');
    await at('section-rules').click();
    await until('the rules are told', async () => (await text('rules')).includes('13'));
    await keep('72-settings-rules');
    await at('section-link').click();
    await shown('link-enrol');
    assert.equal(await at('link-enrol').isDisabled(), true, 'an address is missing');
    await at('link-url').fill('http://office.example');
    await at('link-code').fill('7F3K-9QXZ');
    await at('link-enrol').click();
    await until('at its place', () => at('link-url').getAttribute('aria-invalid'), 'true');
    await at('link-url').fill('http://127.0.0.1:1');
    await at('link-enrol').click();
    await shown('link-trouble');
    await keep('72b-settings-link');
    assert.equal((await bridge.call('link_view')).head_office, null);
    // how a register that has just joined stands; it takes a company with a long history to make a real one
    await page.route('**/api/link_view', (route) =>
      route.fulfill({
        json: {
          tenant: 'ACME',
          head_office: 'https://office.example',
          device: '0f'.repeat(16),
          waiting: 3,
          oldest: new Date().toISOString(),
          history_is_coming: true,
          lines: [{ place: 'office.example:443', device: null, head_office: true, state: 'catching_up', problem: null }],
          contacts: [],
          neighbours: ['192.0.2.7:8420'],
          port: 8420,
        },
      }),
    );
    await shown('link-history');
    await keep('72c-settings-link-history');
    await page.unrouteAll({ behavior: 'wait' });
    await shown('link-enrol');
    await at('section-window').click();
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const other = (await theme()) === 'dark' ? 'light' : 'dark';
    await at(`theme-${other}`).click();
    await until('the other theme', theme, other);
    await keep('73-settings-window');
    await at('theme-system').click();
    await at('ticket-left').click();
    await page.keyboard.press('Escape');
    await shown('pay');
    const [pay, search] = await Promise.all([at('pay').boundingBox(), at('search').boundingBox()]);
    assert.ok(pay.x < search.x, 'the ticket lies on the left');
    await keep('74-ticket-left');
  };

  await shown('pin-dots');
  await signIn(managers[language]);
  await shown('float');
  await type(sale.float);
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  await press(`tile-${sale.loaf.sku}`);
  await lines(1);
  await page.keyboard.press('F12');
  await shown('complete');
  await page.evaluate(() => {
    document.querySelector('[data-testid="quick-10.00"]').click();
    // a hand that is faster than the engine's answer
    setTimeout(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })));
  });
  await shown('next');
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  await people();
  await reports();
  await devices();
  await settings();
}

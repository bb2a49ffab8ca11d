// A training: begun on a supervisor's word, practised with paper and cards, seen by everybody, and thrown away.
import { strict as assert } from 'node:assert';
import { operators, sale, until } from '../story.mjs';

export const name = 'training';
export const demo = true;

const word = { en: 'TRAINING', fr: 'FORMATION' };
const thrownAway = { en: '3 practice sales were thrown away.', fr: '3 ventes d’exercice ont été effacées.' };

export async function run(screen) {
  const { page, bridge, language, at, press, shown, gone, text, says, type, lines, keep } = screen;
  const sim = () => bridge.call('sim_state');
  const people = await bridge.call('operators');
  const signIn = async ({ name: who, pin }) => {
    await at(`operator-${people.find((one) => one.name === who).id}`).click();
    await type(pin);
    await page.keyboard.press('Enter');
  };
  const approve = async () => {
    await shown('refuse');
    await page.getByTestId('sheet').getByRole('button', { name: operators.supervisor.name }).click();
    await type(operators.supervisor.pin);
  };
  const seen = async (what) => {
    assert.ok((await text('training')).includes(word[language]), what);
    assert.equal((await bridge.call('state')).training, true, what);
  };
  const byCard = async (papers) => {
    await press(`tile-${sale.honey.sku}`);
    await lines(1);
    await page.keyboard.press('F12');
    await shown('complete');
    await page.keyboard.press('F3');
    await page.keyboard.press('Enter');
    await until('the card paid', () => at('terminal').getAttribute('data-state'), 'approved');
    await until('the sale can be completed', () => at('complete').isEnabled());
    await page.keyboard.press('Enter');
    await shown('next');
    await until('its paper', async () => (await sim()).slips.length, papers);
    assert.deepEqual((await sim()).terminal.booked, [], 'nothing is charged');
    await page.keyboard.press('Enter');
    await shown('empty-cart');
  };
  await at(`language-${language}`).click();
  await signIn(operators[language]);
  await shown('float');
  assert.equal(await at('training').count(), 0);

  // a cashier asks, a supervisor approves; the first wrong PIN counts as anywhere
  await at('open-training').click();
  await shown('training-begin');
  await keep('80-training-begin');
  await page.keyboard.press('Enter');
  await approve();
  await keep('81-training-approval');
  await page.keyboard.press('Enter');
  await gone('sheet');
  await shown('training');
  await seen('before its shift is open');
  await keep('82-training-begun');

  // a shift, and a sale for cash: it comes out of the printer and says what it is, and no drawer opens
  await type(sale.float);
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  await press(`tile-${sale.loaf.sku}`);
  await press(`tile-${sale.tote.sku}`);
  await lines(2);
  await seen('at the sell screen');
  await keep('83-training-sell');
  await page.keyboard.press('F12');
  await shown('complete');
  await keep('84-training-pay');
  await page.keyboard.press('F2');
  await type('50');
  await page.keyboard.press('Enter');
  await shown('next');
  await seen('with a sale done');
  await until('its paper', async () => (await sim()).slips.length, 1);
  await keep('85-training-done');
  const { slips, drawer_kicks } = await sim();
  const said = slips[0].text;
  for (const one of Object.values(word)) assert.equal(said.split(one).length - 1, 2, said);
  assert.match(said, /-T1-1/);
  assert.equal(drawer_kicks, 0);
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // by card: a terminal approves it, and not the shop's
  await byCard(2);

  // whatever is meant to stay has no place in it
  await page.keyboard.press('F1');
  await shown('sheet-journal');
  assert.equal(await at('sheet-training').count(), 0);
  await at('sheet-journal').click();
  await shown('rail-sell');
  await page.locator('[data-testid^=found-]').first().waitFor();
  await seen('in the journal');
  await keep('86-training-journal');

  // locked, and somebody else practises
  await page.keyboard.press('Control+l');
  await shown('pin-dots');
  await seen('while nobody is signed in');
  await keep('87-training-locked');
  await signIn(operators.manager[language]);
  await shown('empty-cart');
  await page.keyboard.press('F1');
  await shown('sheet-journal');
  assert.equal(await at('sheet-catalogue').count(), 0);
  await keep('88-training-more');
  await page.keyboard.press('Escape');
  await gone('sheet');

  // not even past the window
  const { today: day } = await bridge.call('report_periods');
  for (const [command, args] of [
    ['export_report', { period: { kind: 'day', day } }],
    ['save_device_report', {}],
    ['set_device', { kind: 'terminal', address: null, password: null }],
    ['set_device', { kind: 'terminal', address: 'tcp://127.0.0.1:9', password: null }],
    ['test_device', { device: 'drawer' }],
    ['save_settings', { store: null, settings: await bridge.call('settings') }],
    ['enrol', { url: 'https://office.example', code: '1' }],
    ['set_neighbours', { addresses: [] }],
    ['people', {}],
    ['products', { text: '', shelf: 'active', after: null }],
  ]) {
    await assert.rejects(bridge.call(command, args), /not_in_training/, command);
  }
  await assert.rejects(bridge.call('begin_training', { approval: null }), /training_already/);
  await byCard(3);

  // ended from the strip, once it was asked
  await at('training').click();
  await shown('training-over');
  await keep('89-training-end');
  await page.keyboard.press('Escape');
  await gone('sheet');
  await seen('it goes on');
  await at('training').click();
  await at('training-over').click();
  await shown('pin-dots');
  await gone('training');
  await until('what was thrown away', async () => (await text('sign-in-trouble')).includes(thrownAway[language]));
  await keep('90-training-over');
  assert.equal((await bridge.call('state')).operator, null, 'whoever practised is not signed in');

  // the store is as it was: no shift, no sale, and a supervisor's report says that there was a training
  await signIn(operators.supervisor);
  await shown('float');
  const { training, shift, last_sale } = await bridge.call('state');
  assert.deepEqual({ training, shift, last_sale }, { training: false, shift: null, last_sale: null });
  const found = { text: '', from: null, to: null, kind: null, before: null, limit: 10 };
  assert.deepEqual((await bridge.call('find_sales', found)).found, []);
  const { today } = await bridge.call('report_periods');
  const report = await bridge.call('sales_report', { period: { kind: 'day', day: today } });
  const signs = report.operators.map((row) => [row.name, row.trainings, row.trainings_approved, row.practised]);
  assert.deepEqual(signs.sort(), [
    [operators[language].name, 1, 0, 3],
    [operators.supervisor.name, 0, 1, 0],
  ]);
  await at('open-office').click();
  await at('rail-reports').click();
  await shown('operator-table');
  await keep('91-training-report');
  await at('rail-sell').click();

  // the bars of a training receipt, in the real store
  await type(sale.float);
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  const { code, register } = (await bridge.call('state')).store;
  await bridge.call('sim_scan', { code: `${code}${register}-T1-1` });
  await shown('notice');
  await says('notice', 'This is a training receipt. Nothing was sold for it. Look for the real one.');
  await keep('92-training-receipt');

  // a supervisor begins one alone, and ends it from where nobody is signed in
  await page.keyboard.press('Escape');
  await page.keyboard.press('F1');
  await shown('sheet-training');
  await keep('93-training-in-more');
  await at('sheet-training').click();
  await at('training-begin').click();
  await shown('training');
  await gone('sheet');
  await page.keyboard.press('Control+l');
  await shown('pin-dots');
  await at('training').click();
  await page.keyboard.press('Enter');
  await gone('training');
  assert.equal((await bridge.call('state')).training, false);
}

// Goods come back: to the card that paid, in exchange, without a receipt, a sale voided; and all of it in the journal.
import { strict as assert } from 'node:assert';
import { operators, sale, until } from '../story.mjs';

export const name = 'returns';
export const demo = true;

// 2 × 12.00 + 6.49; HST 13% on 24.00 = 3.12; all by card. One tote back is 13.56.
const totes = { total: '33.61', one: '13.56', honey: '11.50', left: '2.06' };

export async function run(screen) {
  const { page, bridge, language, at, press, shown, gone, text, says, dollars, type, scan, lines, keep } = screen;
  const { name: who, pin } = operators[language];
  const signed = await bridge.call('operators');
  const id = (name) => signed.find((operator) => operator.name === name).id;
  await bridge.call('sign_in', { operator: id(who), pin });
  await bridge.call('open_shift', { float: sale.float });
  await bridge.call('sim_card', { fault: 'none' });
  const booked = async () =>
    (await bridge.call('sim_state')).terminal.booked.map(({ amount, kind, reversed }) => [amount, kind, reversed]);
  const lastReceipt = async () => (await bridge.call('state')).last_sale.receipt;
  const found = (receipt) => page.getByTestId('return-line').first().waitFor().then(() => at(`found-${receipt}`));
  const approve = async () => {
    await shown('refuse');
    await page.getByTestId('sheet').getByRole('button', { name: operators.supervisor.name }).click();
    await type(operators.supervisor.pin);
    await page.keyboard.press('Enter');
  };
  await page.reload();
  await shown('tiles');

  // a sale by card
  await at('department-home').click();
  for (const count of [1, 2]) {
    await press(`tile-${sale.tote.sku}`);
    await until('so many totes', async () => (await bridge.call('state')).cart.lines[0]?.quantity, String(count));
  }
  await at('department-favourites').click();
  await press(`tile-${sale.loaf.sku}`);
  await lines(2);
  await says('bar-amount', dollars(totes.total));
  await page.keyboard.press('F12');
  await shown('complete');
  await page.keyboard.press('F3');
  await says('card-due', dollars(totes.total));
  await page.keyboard.press('Enter');
  await until('the card paid', () => at('terminal').getAttribute('data-state'), 'approved');
  await until('the sale can be completed', () => at('complete').isEnabled());
  await page.keyboard.press('Enter');
  await shown('next');
  await until('the receipt came out', () => at('receipt-state').getAttribute('data-state'), 'printed');
  const receipt = await lastReceipt();
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // one tote back, found by what was paid
  await page.keyboard.press('F9');
  await shown('find-sale');
  await type(totes.total);
  await shown(`found-${receipt}`);
  await keep('60-return-found');
  await page.keyboard.press('Enter');
  await found(receipt);
  await keep('61-return-sale');
  assert.equal(await at('refund').isDisabled(), true, 'nothing is chosen yet');
  await page.keyboard.press('+');
  await page.keyboard.press('2');
  await says('return-total', dollars(totes.one));
  await keep('62-return-chosen');
  await page.keyboard.press('F12');
  await shown('next');
  await until('the receipt came out', () => at('receipt-state').getAttribute('data-state'), 'printed');
  await keep('63-return-done');
  assert.deepEqual(await booked(), [
    [totes.total, 'payment', false],
    [totes.one, 'refund', false],
  ]);
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // the other tote for honey, with an open cart on the ticket: what is left goes back to the card
  await at('department-grocery').click();
  await press(`tile-${sale.honey.sku}`);
  await lines(1);
  await scan(receipt);
  await found(receipt);
  await page.keyboard.press('+');
  await page.keyboard.press('1');
  await says('return-total', dollars(totes.one));
  await page.keyboard.press('+'); // no more than was sold
  await says('return-total', dollars(totes.one));
  await page.keyboard.press('F6');
  await shown('exchange-block');
  await keep('64-exchange');
  await page.keyboard.press('F12');
  await shown('complete');
  await keep('65-exchange-goes-back');
  await page.keyboard.press('Enter');
  await shown('next');
  await keep('66-exchange-done');
  assert.equal(await at('drawer-state').count(), 0, 'no cash moved, so the drawer stays shut');
  assert.deepEqual((await booked()).at(-1), [totes.left, 'refund', false]);
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // without a receipt: on a supervisor's word, in cash
  await page.keyboard.press('F9');
  await shown('no-receipt');
  await page.keyboard.press('F7');
  await scan(sale.coffee.gtin);
  await shown('blind-row');
  await page.keyboard.press('1');
  await says('return-total', dollars(sale.coffee.amount));
  await keep('67-no-receipt');
  await page.keyboard.press('F12');
  await approve();
  await shown('next');
  await keep('68-no-receipt-done');
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // a sale voided right after it was made
  await at('department-favourites').click();
  await press(`tile-${sale.loaf.sku}`);
  await lines(1);
  await page.keyboard.press('F12');
  await at('quick-6.50').click();
  await until('the sale can be completed', () => at('complete').isEnabled());
  await page.keyboard.press('Enter');
  await shown('next');
  await page.keyboard.press('F9');
  await shown('void-do');
  await keep('69-void');
  // the roll is at its end: without the printer the drawer stays shut
  await bridge.call('sim_fault', { fault: 'paper_out' });
  await page.keyboard.press('Enter');
  await approve();
  await gone('sheet');
  await until('the drawer gives it back', async () => (await bridge.call('x_report')).returns, 4);
  await shown('next');
  await until('the drawer stays shut', () => at('drawer-state').getAttribute('data-state'), 'discarded');
  await says('drawer-state', { en: 'Drawer not opened', fr: 'Tiroir non ouvert' }[language]);
  await keep('70-voided-without-paper');
  await bridge.call('sim_fault', { fault: 'none' });
  await until('the receipt came out', () => at('receipt-state').getAttribute('data-state'), 'printed');
  await keep('70-voided');
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // sales by card are voided where they were paid; what the terminal will not undo is refunded next
  const byCard = async () => {
    await press(`tile-${sale.loaf.sku}`);
    await lines(1);
    await page.keyboard.press('F12');
    await shown('complete');
    await page.keyboard.press('F3');
    await says('card-due', dollars(sale.loaf.amount));
    await page.keyboard.press('Enter');
    await until('the card paid', () => at('terminal').getAttribute('data-state'), 'approved');
    await until('the sale can be completed', () => at('complete').isEnabled());
    await page.keyboard.press('Enter');
    await shown('next');
    await page.keyboard.press('F9');
    await shown('void-do');
  };
  await byCard();
  await page.keyboard.press('Enter');
  await approve();
  await shown('next');
  await keep('70-voided-card');
  assert.deepEqual((await booked()).slice(-2), [
    [sale.loaf.amount, 'payment', true],
    [sale.loaf.amount, 'reversal', false],
  ]);
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  await byCard();
  await bridge.call('sim_card', { fault: 'declines' });
  await page.keyboard.press('Enter');
  await approve();
  await until('it is not undone', () => at('terminal').getAttribute('data-state'), 'declined');
  await shown('cash-instead');
  await keep('70-void-declined');
  await bridge.call('sim_card', { fault: 'none' });
  await page.keyboard.press('F12');
  await shown('next');
  await keep('70-void-refunded');
  assert.deepEqual((await booked()).slice(-2), [
    [sale.loaf.amount, 'payment', false],
    [sale.loaf.amount, 'refund', false],
  ]);
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // two registers took the same goods back, as the engine tells it where they had not seen each other
  const sold = await bridge.call('sale_view', { receipt });
  const twice = { sale: sold.id, receipt, too_much: sale.loaf.amount, returns: [] };
  await page.route('**/api/taken_back_twice', (route) => route.fulfill({ json: [twice] }));
  await page.route('**/api/sale_view', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), too_much: sale.loaf.amount } });
  });
  await page.keyboard.press('F1');
  await at('sheet-journal').click();
  await at('taken-back-twice').getByRole('button').click();
  await until('its sale is beside it', async () => (await text('detail'))?.includes(receipt));
  await shown('too-much');
  assert.ok((await text('too-much')).includes(dollars(sale.loaf.amount)));
  await keep('71-taken-back-twice');
  await page.unrouteAll({ behavior: 'wait' });
  await page.keyboard.press('Escape');
  await shown('empty-cart');

  // a number that a register which ran twice gave to two: the list asks which one, and an id says it
  const refusal = { kind: 'two_of_one_number', receipt, either: [] };
  await page.route('**/api/sale_view', async (route) => {
    const asked = route.request().postDataJSON().receipt;
    if (asked === receipt) await route.fulfill({ status: 422, json: refusal });
    else await route.continue();
  });
  await page.keyboard.press('F9');
  await shown('find-sale');
  await scan(receipt);
  await shown(`found-${receipt}`);
  await until('it is asked which one', async () => (await text('notice')).includes(receipt));
  await keep('72-return-which-one');
  await at(`found-${receipt}`).click();
  await shown('return-line');
  await page.unrouteAll({ behavior: 'wait' });
  await page.keyboard.press('Escape');
  await shown('empty-cart');

  // the journal knows all of it
  await page.keyboard.press('F1');
  await at('sheet-journal').click();
  await shown('detail');
  await until('everything is listed', () => page.locator('[data-testid^="found-"]').count(), 11);
  await keep('71-journal');
  await page.keyboard.press('F2');
  await type(receipt);
  await until('one is found', () => page.locator('[data-testid^="found-"]').count(), 1);
  await until('its entries are told', async () => (await at('fact').count()) >= 3);
  await keep('72-journal-sale');
  await page.keyboard.press('Enter');
  await at('act-gift').click();
  await shown('gift-print');
  await keep('73-gift');
  await page.keyboard.press('Enter');
  await gone('sheet');
  await at('act-again').click();
  await until(
    'it was printed again',
    async () => (await bridge.call('sale_view', { receipt })).facts.filter(({ kind }) => kind.includes('reprint')).length,
    2,
  );
  await at('rail-sell').click();
  await shown('empty-cart');

  // who counts the drawer blind reads nothing of its cash; who sees reports reads all of it
  await page.keyboard.press('F1');
  await at('sheet-x-report').click();
  await shown('report-blind');
  const blind = await bridge.call('x_report');
  assert.deepEqual([blind.shown, blind.sales, blind.total, blind.expected], ['blind', 5, undefined, undefined]);
  await keep('74-x-blind');
  await page.keyboard.press('Escape');
  await gone('report');
  const manager = operators.manager[language];
  await bridge.call('sign_in', { operator: id(manager.name), pin: manager.pin });
  await page.reload();
  await shown('empty-cart');
  await page.keyboard.press('F1');
  await at('sheet-x-report').click();
  await shown('report');
  const minus = (amount) => dollars(amount).replace(/[\u00a0$]/g, '');
  for (const amount of ['60.58', '28.60', '20.50', '11.50'])
    assert.ok((await text('report')).includes(`\u2212${minus(amount)}`), `${amount} went back: ${await text('report')}`);
  await keep('75-x-with-returns');
  await page.keyboard.press('Escape');

  // 33.61 + 11.50 + 3 × 6.49; back 13.56 twice, 13.99 and 3 × 6.49
  const x = await bridge.call('x_report');
  assert.deepEqual([x.sales, x.total, x.returns, x.returned], [5, '64.58', 6, '60.58']);
  assert.deepEqual(
    x.refunds.map(({ tender, amount }) => [tender, amount]),
    [
      ['card', '28.60'],
      ['cash', '20.50'],
      ['exchange', '11.50'],
    ],
  );
}

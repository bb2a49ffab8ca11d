// From the sign-in to the Z by the keyboard alone: by weight, by a scale's labels, a note, a void, a return, a close that is over.
import { strict as assert } from 'node:assert';
import { operators, sale, until } from '../story.mjs';

export const name = 'keys';
/** how it is worked rather than how it looks */
export const hands = true;
export const demo = true;

/** price inside, and weight inside: 21 and 22 of the shop's own scale */
const layouts = ['21=21|IIIII|PPPPP|C', '22=22|IIIII|WWWWW|C'];
const plu = '4011';
const note = 'Ring twice';
/** two hundreds and a roll of $2: more than the 201.80 that the drawer holds */
const count = {
  hundreds: '2',
  wrong: '3',
  before: ['200.00', '300.00'],
  roll: '1',
  counted: '250.00',
  toTheSafe: '20',
  over: '48.20',
  note: 'A roll from the safe',
};

/** An EAN-13 with its check digit. */
function ean(digits) {
  const sum = [...digits].reduce((sum, digit, place) => sum + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

export async function run(screen) {
  const { page, bridge, hold, language, at, text, shown, gone, says, dollars, type, scan, lines, keep } = screen;
  const key = (name) => page.keyboard.press(name);
  /** Goes on by Tab until the focus is there. */
  const tabTo = async (id) => {
    await at(id).waitFor();
    for (let stops = 0; stops < 90; stops += 1) {
      if (await page.evaluate((id) => document.activeElement?.dataset.testid === id, id)) return;
      await key('Tab');
    }
    assert.fail(`${id} is not reached by Tab`);
  };
  const press = async (id) => {
    await tabTo(id);
    await key('Enter');
  };
  const more = async (id) => {
    await key('F1');
    await press(id);
  };
  const signed = await bridge.call('operators');
  const { name: who, pin } = operators[language];
  const manager = operators.manager.en;
  await bridge.call('sign_in', { operator: signed.find(({ name }) => name === manager.name).id, pin: manager.pin });
  const settings = await bridge.call('settings');
  await bridge.call('save_settings', { store: null, settings: { ...settings, price_barcodes: layouts } });
  await bridge.call('sign_out');
  await page.reload();

  await press(`language-${language}`);
  await press(`operator-${signed.find(({ name }) => name === who).id}`);
  await type(pin);
  await key('Enter');
  await shown('float');
  await type(sale.float);
  await key('Enter');
  await shown('empty-cart');

  // a note on the cart, and all of it voided
  await key('F2');
  await page.keyboard.type(sale.honey.search[language], { delay: 60 });
  await until('one hit', () => page.getByRole('option').count(), 1);
  await key('Enter');
  await lines(1);
  await more('sheet-cart-note');
  await tabTo('note-text');
  await page.keyboard.type(note, { delay: 60 });
  await key('Enter');
  await says('cart-note', note);
  await keep('20-cart-note');
  await key('Control+Delete');
  await shown('reason-customer_changed_mind');
  await keep('21-void-cart');
  await key('1');
  await shown('empty-cart');

  // a keyed code goes on the scale; labels of the scale are sold at what they say
  await key('F2');
  await type(plu);
  await until('one hit', () => page.getByRole('option').count(), 1);
  await key('Enter');
  await type(sale.bananas.typed);
  await key('Enter');
  await lines(1);
  await scan(ean('210401100350'));
  await lines(2);
  await scan(ean('220401101245'));
  await lines(3);
  await keep('22-labels');
  const { cart } = await bridge.call('state');
  assert.deepEqual(
    cart.lines.map(({ sku, amount }) => [sku, amount]),
    [
      [sale.bananas.sku, sale.bananas.amount],
      [sale.bananas.sku, '3.50'],
      [sale.bananas.sku, sale.bananas.amount],
    ],
  );
  await scan(sale.coffee.gtin);
  await lines(4);
  // a hand that is faster than the engine: what it typed of the cash stays when the total changes under it
  const two = await hold('set_quantity');
  await key('F3');
  await type('2');
  await key('Enter');
  await key('F12');
  await shown('complete');
  await type('4');
  two();
  await until('two of it', async () => (await bridge.call('state')).cart.lines[3].quantity, '2');
  await says('cash-due', dollars('35.80'));
  await type('0');
  await until('the sale can be completed', () => at('complete').isEnabled());
  await key('Enter');
  await shown('next');
  const { receipt } = (await bridge.call('state')).last_sale;
  await key('Enter');
  await shown('empty-cart');

  // one coffee comes back, and to waste
  await key('F9');
  await shown('find-sale');
  await type(receipt);
  await shown(`found-${receipt}`);
  await key('Enter');
  await shown('return-line');
  for (let down = 0; down < 3; down += 1) await key('ArrowDown');
  await key('+');
  await key('ArrowRight');
  await key('2');
  await says('return-total', dollars(sale.coffee.amount));
  await keep('23-return-to-waste');
  await key('F12');
  await shown('next');
  await key('Enter');
  await shown('empty-cart');

  // nothing is found in the journal
  await more('sheet-journal');
  await key('F2');
  await page.keyboard.type('zzzz', { delay: 60 });
  await shown('found-none');
  await keep('24-journal-nothing');
  await key('Escape');
  await key('Escape');
  await shown('empty-cart');

  // the X on paper
  const slips = async () => (await bridge.call('sim_state')).slips.length;
  const before = await slips();
  await more('sheet-x-report');
  await press('print-report');
  await until('it is printed', slips, before + 1);
  await key('Escape');
  await gone('sheet');

  // a twenty goes to the safe
  await more('sheet-drawer');
  await shown('drawer-next');
  await key('ArrowRight');
  await type(count.toTheSafe);
  await keep('24-safe-drop');
  await key('Enter');
  await shown('drawer-back');
  await keep('24-safe-drop-reason');
  await key('1');
  await gone('sheet');
  await until('it is said', async () => (await text('notice')).includes(dollars(`${count.toTheSafe}.00`)));

  // counted by notes and a roll: too much, and why is written down
  let handedIn = 0;
  page.on('request', (request) => (handedIn += request.url().endsWith('/api/hand_in') ? 1 : 0));
  const pieces = await hold('denominations');
  await more('sheet-close-shift');
  await shown('counted');
  await type(count.hundreds);
  await key('F12');
  await key('F12');
  pieces();
  await shown('check');
  await key('F12');
  await until('the terminal tells', () => at('check').getAttribute('data-outcome'), 'told');
  await key('F12');
  await shown('explained');
  // counted again, and wrong once more: each count stays
  for (const hundreds of [count.wrong, count.hundreds]) {
    await key('Escape');
    await press('count-10000-loose');
    await type(hundreds);
    if (hundreds === count.hundreds) {
      await press('count-200-rolls');
      await type(count.roll);
      await says('counted', dollars(count.counted));
      await keep('25-counted');
    }
    const handing = await hold('hand_in');
    await key('F12');
    await key('F12');
    handing();
    await shown('check');
    await key('F12');
    await shown('explained');
  }
  assert.equal(handedIn, 3, 'each count once, however often it was pressed');
  assert.ok((await text('over-short')).includes(dollars(count.over)), await text('over-short'));
  await page.keyboard.type(count.note, { delay: 60 });
  await keep('25-over-is-explained');
  await key('F12');
  await shown('z-done');
  assert.ok((await text('over-short')).includes(dollars(count.over)), await text('over-short'));
  assert.ok((await text('report-note')).includes(count.note));
  for (const before of count.before) assert.ok((await text('report')).includes(dollars(before).replace(/[^\d,.]/g, '')), await text('report'));
  await keep('26-z-over');
  await press('sign-out');
  await shown('pin-dots');
}

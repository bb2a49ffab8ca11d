// The manager's catalogue: a price is edited, a product added, a file imported, and what was added is sold.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { operators, sale, until } from '../story.mjs';

export const name = 'catalogue';
export const demo = true;

const { loaf } = sale;
const tea = {
  sku: 'TEA-900',
  en: 'Maple tea 50 g',
  fr: 'Thé à l’érable 50 g',
  price: '8.25',
  total: '8.45',
  gtin: '0628451900016',
};
/** a word that more products have than a page holds */
const many = { en: 'g', fr: 'g' };
/** something with an open price, and what is sold as it */
const misc = { sku: 'MISC', name: 'Sundries', sold: 'Wicker chair', read: 'Lamp', price: '25' };
const deposit = { sku: 'DEP-10', two: '0.20' };
/** as a spreadsheet here writes it: semicolons, Windows-1252, decimal commas; the last row's check digit is wrong */
const file = [
  'Code;Description;Nom;CUP;Prix',
  `${loaf.sku};Sourdough loaf 700 g;Pain au levain 700 g;;6,99`,
  'TEA-901;Mint tea 50 g;Thé à la menthe 50 g;0628451900023;7,50',
  'TEA-902;Black tea 50 g;Thé noir 50 g;0628451900031;7,25',
].join('\r\n');

export async function run(screen) {
  const { page, bridge, language, at, shown, gone, text, says, type, scan, lines, keep, dollars } = screen;
  const written = (amount) => (language === 'fr' ? amount.replace('.', ',') : amount);
  const price = async (sku) => {
    const said = await at(`product-${sku}`).locator('.price').innerText();
    return /[\d.,]+$/.exec(said)?.[0];
  };
  const firstPrice = () => at('price-history').locator('tbody tr').first().locator('.amount').first().textContent();
  const { name: who, pin } = operators.manager[language];
  const { id } = (await bridge.call('operators')).find((one) => one.name === who);
  await at(`operator-${id}`).click(); // the role of both managers is the name of one
  await type(pin);
  await page.keyboard.press('Enter');
  await shown('float');
  await type(sale.float);
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // a price is found, edited and told
  await page.keyboard.press('F1');
  await at('sheet-catalogue').click();
  await shown(`product-${loaf.sku}`);
  await until('the first product is on the paper', () => at('sku-code').inputValue(), loaf.sku);
  await keep('60-catalogue');
  // what is found is listed to its end
  await page.keyboard.press('F2');
  await page.keyboard.type(many[language], { delay: 60 });
  const answer = await bridge.call('products', { text: many[language], shelf: 'active', after: null });
  assert.ok(answer.count > answer.rows.length, `${answer.count} found`);
  await until('all are counted', async () => (await text('product-count')).startsWith(`${answer.count} `));
  await keep('60-catalogue-many-found');
  const bottom = page.locator('[aria-posinset]').last();
  await until('the last of them', async () => {
    await bottom.scrollIntoViewIfNeeded();
    await bottom.hover();
    await page.mouse.wheel(0, 20_000);
    return bottom.getAttribute('aria-posinset');
  }, String(answer.count));
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('baguette', { delay: 60 });
  await gone(`product-${loaf.sku}`);
  await shown('product-BAK-102');
  await keep('61-catalogue-found');
  await page.keyboard.press('Enter');
  await until('it is on the paper', () => at('sku-code').inputValue(), 'BAK-102');
  assert.equal(await at('product-save').isDisabled(), true, 'nothing to save yet');
  await at('sku-price').fill(written('3.79'));
  await page.keyboard.press('F2');
  await page.keyboard.press('Escape'); // the words that were looked for
  await at(`product-${loaf.sku}`).click();
  await shown('unsaved-save'); // nothing is lost
  await keep('62-catalogue-unsaved');
  await page.keyboard.press('Escape');
  await gone('sheet');
  await page.keyboard.press('F12');
  await shown('product-told');
  await until('the history has it first', firstPrice, written('3.79'));
  await until('the list has it', () => price('BAK-102'), written('3.79'));
  await keep('63-catalogue-saved');

  // it asks for an age and is no longer sold, and is as it was again
  const archived = async (shelf, age) => {
    await at(`product-age-${age}`).click();
    await at('product-archive').click();
    await page.keyboard.press('F12');
    await shown('product-told');
    await at(`shelf-${shelf}`).click();
    await shown('product-BAK-102');
  };
  await archived('archived', 19);
  await keep('63-catalogue-archived');
  await at('product-BAK-102').click();
  await archived('active', '');

  // a product with a GTIN that cannot be, and then with one that can
  await page.keyboard.press('+');
  await until('nothing is known of it', () => at('sku-code').inputValue(), '');
  await keep('64-catalogue-new');
  await at('product-name').fill(tea.en);
  await at('product-name-fr').fill(tea.fr);
  await at('product-department').click();
  await shown('pick-grocery');
  await keep('65-catalogue-department');
  await at('pick-grocery').click();
  await at('product-drawing').click();
  await keep('66-catalogue-drawing');
  await at('drawing-tea').click();
  await at('product-tax-zero_rated').click();
  await at('sku-code').fill(tea.sku);
  await at('sku-price').fill(written(tea.price));
  await at('gtin-0').fill(`${tea.gtin.slice(0, -1)}0`);
  await page.keyboard.press('F12');
  await shown('gtin-0-trouble');
  await keep('67-catalogue-refused');
  assert.equal(await at('product-told').count(), 0, 'it is not saved');
  await at('gtin-0-remove').click();
  await at('gtin-0').blur();
  await scan(tea.gtin);
  await until('the scan is in the list', () => at('gtin-0').inputValue(), tea.gtin);
  assert.equal(await at('sku-price').inputValue(), written(tea.price), 'a scan types into no field');
  // a deposit that nobody knows, and then two of one that is in the catalogue
  await at('charge-0').fill('NONE*2');
  await page.keyboard.press('F12');
  await shown('charge-0-trouble');
  await keep('67-catalogue-deposit-refused');
  await at('charge-0').fill(`${deposit.sku}*2`);
  await keep('67-catalogue-deposit');
  await page.keyboard.press('F12');
  const saved = async () => (await text('product-told')).replaceAll('\u00a0', ' ');
  await until('it is saved', async () => (await saved()).includes(tea[language]));
  await keep('68-catalogue-added');

  // a file with one bad row
  await page.keyboard.press('Escape');
  await shown('empty-cart');
  await page.keyboard.press('F1');
  await at('sheet-catalogue').click();
  await shown(`product-${loaf.sku}`);
  await page.keyboard.press('F6');
  await shown('import-choose');
  await keep('70-import-file');
  // a file that is dropped is read as one that is chosen
  await at('import-drop').evaluate((area) => {
    const files = new DataTransfer();
    files.items.add(new File(['Code;Prix\r\nA;1,00\r\nB;2,00'], 'dropped.csv', { type: 'text/csv' }));
    const drag = (kind) => new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true });
    if (area.dispatchEvent(drag('dragover'))) throw new Error('nothing may be dropped here');
    if (area.dispatchEvent(drag('drop'))) throw new Error('the browser would open what is dropped');
  });
  await shown('import-glance');
  assert.match(await text('import-file'), /dropped\.csv/);
  await keep('71-import-dropped');
  const buffer = Buffer.from(file.replaceAll('’', '\u0092'), 'latin1');
  await at('import-input').setInputFiles({
    name: 'autumn-prices.csv',
    mimeType: 'text/csv',
    buffer,
  });
  await until('the other file', async () => /autumn-prices\.csv · Windows-1252/.test(await text('import-file')));
  await keep('71-import-read');
  await page.keyboard.press('F12');
  await shown('column-of-price');
  await until('columns are proposed', async () => (await text('column-price')).includes('Prix'));
  await keep('72-import-columns');
  await at('column-of-price').click();
  await keep('73-import-column');
  await at('pick-').click();
  await until('every row needs a price', () => at('import-next').isDisabled());
  await keep('74-import-lacks');
  await at('column-of-price').click();
  await at('pick-Prix').click();
  await page.keyboard.press('F12');
  await shown('rejects');
  assert.match(await text('rejects'), /CUP/);
  assert.match(await text('rejects'), /0628451900031/);
  await keep('75-import-rejected');
  await at('save-rejects').click();
  await shown('import-written');
  const [path] = /\S*autumn-prices\.csv\.rejects\.csv/.exec(await text('import-written')) ?? [];
  assert.match(readFileSync(path, 'utf8'), /0628451900031/);
  await at('rows-updates').click();
  await until('before and after', async () => (await text('updates')).includes(written('6.99')));
  await keep('76-import-updates');
  await at('rows-additions').click();
  await shown('additions');
  await keep('77-import-additions');
  await page.keyboard.press('F12');
  await until('one is added', async () => (await text('count-added')).includes('1'));
  await until('and one updated', async () => (await text('count-updated')).includes('1'));
  await keep('78-import-done');
  await page.keyboard.press('F12');
  await until('the list has the new price', () => price(loaf.sku), written('6.99'));
  assert.equal(
    (
      await bridge.call('products', {
        text: 'TEA-90',
        shelf: 'active',
        after: null,
      })
    ).rows.length,
    2,
  );

  // what was added is sold
  await at('rail-sell').click();
  await shown('empty-cart');
  await scan(tea.gtin);
  await lines(1);
  await says('charges', dollars(deposit.two));
  await says('bar-amount', dollars(tea.total));
  await keep('79-sold');
  await page.keyboard.press('Delete');
  await at('reason-customer_changed_mind').click();
  await gone('charges');
  await keep('79-voided');

  // nothing is found: a manager adds it from there, with a price that is keyed when it is sold
  const look = async (words) => {
    await page.keyboard.press('F2');
    await page.keyboard.type(words, { delay: 60 });
    await shown('no-hit');
  };
  await look(misc.name);
  await keep('80-search-none');
  assert.equal(await at('missing-sell').count(), 0, 'nothing has an open price yet');
  await at('missing-add').click();
  const named = language === 'fr' ? 'product-name-fr' : 'product-name';
  await until('its name is on the paper', () => at(named).inputValue(), misc.name);
  await at('product-name').fill(misc.name);
  await at('sku-code').fill(misc.sku);
  await at('product-open-true').click();
  await keep('81-missing-added');
  await page.keyboard.press('F12');
  await shown('product-told');
  const settings = await bridge.call('settings');
  await bridge.call('save_settings', { store: null, settings: { ...settings, miscellaneous: true } });
  await page.keyboard.press('Escape');
  await shown('pay');

  // and what is not there is sold as that, under its own name
  await look(misc.sold);
  await shown('missing-sell');
  await keep('82-sell-as-miscellaneous');
  await at('missing-sell').click();
  await type(misc.price);
  await keep('83-open-price');
  await page.keyboard.press('Enter');
  await lines(1);
  await scan('9526999999992');
  await shown('notice');
  await keep('84-unknown-code');
  await at('missing-sell').click();
  await shown('open-name-text');
  await page.keyboard.type(misc.read, { delay: 60 });
  await keep('85-open-name');
  await page.keyboard.press('Enter');
  await gone('sheet');
  await type(misc.price);
  await page.keyboard.press('Enter');
  await lines(2);
  const { cart } = await bridge.call('state');
  assert.deepEqual(
    cart.lines.filter(({ voided }) => voided === null).map(({ sku, name, price }) => [sku, name.en, price]),
    [misc.sold, misc.read].map((name) => [misc.sku, name, `${misc.price}.00`]),
  );
}

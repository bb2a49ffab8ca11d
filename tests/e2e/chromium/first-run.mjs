// A folder without a store: the assistant makes one, and its manager signs in.
import { strict as assert } from 'node:assert';
import { until } from '../story.mjs';

export const name = 'first-run';
export const demo = false;

export async function run(screen) {
  const { page, bridge, language, at, shown, gone, text, says, type, keep } = screen;
  const next = () => page.keyboard.press('F12');
  await shown('setup-name');
  await at(`language-${language}`).click();
  assert.equal(await at('setup-next').isDisabled(), true, 'a store has a name');
  await keep('50-setup-store-empty');
  // one more register of a store that sells already: its head office has to be there
  await at('join-instead').click();
  await shown('setup-office');
  assert.equal(await at('setup-next').isDisabled(), true, 'a head office has an address');
  await keep('50-setup-join-empty');
  await at('setup-office').fill('http://127.0.0.1:9');
  await at('setup-ticket').fill('ABCDE-FGHJK');
  await next();
  await shown('setup-trouble');
  await keep('50-setup-join-no-answer');
  assert.notEqual(await bridge.call('setup'), null, 'nothing was set up');
  await page.keyboard.press('Escape');
  await shown('setup-name');
  await at('setup-name').click();
  await page.keyboard.type('Épicerie du Vieux-Port', { delay: 60 });
  await until('a code is proposed', () => at('setup-code').inputValue(), 'EDVP');
  await at('setup-street').click();
  await page.keyboard.type('12, rue du Quai', { delay: 60 });
  await page.keyboard.press('Tab');
  await page.keyboard.type('Québec QC', { delay: 60 });
  await keep('51-setup-store');
  await next();
  await shown('region-QC');
  await keep('52-setup-region-none');
  await at('region-ON').click();
  await until('its rules are told', async () => (await text('rules')).includes('13'));
  await keep('53-setup-region');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await until('by the arrows', () => at('region-QC').getAttribute('aria-pressed'), 'true');
  await until('its rules are told', async () => (await text('rules')).includes(language === 'fr' ? '9,975' : '9.975'));
  await page.keyboard.press('Enter');
  await shown('setup-register');
  await until('French first', () => at('way-fr-en').getAttribute('aria-pressed'), 'true');
  await at('setup-register').fill('0');
  await until('no register 0', () => at('setup-next').isDisabled());
  await at('setup-register').fill('2');
  await keep('54-setup-register');
  await page.keyboard.press('Enter');
  await shown('setup-manager');
  await keep('55-setup-manager');
  await page.keyboard.type('Gérance', { delay: 60 });
  await at('setup-manager').blur();
  await type('4444');
  await page.keyboard.press('Enter');
  await type('4445');
  await page.keyboard.press('Enter');
  await shown('pin-differs');
  await keep('56-setup-pin-differs');
  for (const _ of [1, 2]) {
    await type('4444');
    await page.keyboard.press('Enter');
  }
  await shown('setup-pin-kept');
  await keep('57-setup-ready');
  await page.keyboard.press('Escape');
  await shown('setup-register');
  await next();
  await shown('setup-pin-kept');
  await next();

  await shown('pin-dots');
  const { state, operators } = { state: await bridge.call('state'), operators: await bridge.call('operators') };
  const { store } = state;
  assert.deepEqual(
    [store.code, store.name, store.address, store.region, store.register, store.languages, store.time_zone],
    ['EDVP', 'Épicerie du Vieux-Port', ['12, rue du Quai', 'Québec QC'], 'QC', 2, ['fr', 'en'], 'America/Toronto'],
  );
  assert.deepEqual(operators.map(({ name, role }) => [name, role]), [['Gérance', 'manager']]);
  assert.equal(await bridge.call('setup'), null, 'there is nothing left to set up');
  await assert.rejects(bridge.call('open_demo'), /store_exists/, 'a window opens one store');
  const manager = { name: 'Second', language: 'en', pin: '9999' };
  await assert.rejects(bridge.call('add_first_manager', { manager }), /not_allowed/, 'the first manager is there');
  await type('4444');
  await page.keyboard.press('Enter');
  await shown('float');
  await at('open-office').click(); // a shop has goods before it has a shift
  await at('rail-catalogue').click();
  await shown('products-none');
  await at('rail-sell').click();
  await shown('float');
  await type('100');
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  await keep('58-setup-first-shift');
  await page.reload();
  await gone('setup-name');
  await shown('operator');
}

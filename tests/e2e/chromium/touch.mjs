// From the sign-in to the Z by fingers alone.
import { strict as assert } from 'node:assert';
import { operators, sale, until } from '../story.mjs';

export const name = 'touch';
/** how it is worked rather than how it looks */
export const hands = true;
export const demo = true;
export const touch = true;

export async function run(screen) {
  const { page, bridge, language, at, shown, gone, says, text, dollars, keep } = screen;
  const tap = (id) => at(id).first().tap();
  const digits = async (typed) => {
    for (const digit of typed) await tap(digit === '.' ? 'pad-point' : `pad-${digit}`);
  };
  /** Where there is no room for goods beside the keys, asks for the others first. */
  const see = async (id) => {
    await at(id).first().waitFor({ state: 'attached' });
    if (!(await at(id).first().isVisible())) await tap('fold');
    await tap(id);
  };
  const { name: who, pin } = operators[language];
  const { id } = (await bridge.call('operators')).find((one) => one.name === who);
  await tap(`language-${language}`);
  await tap(`operator-${id}`);
  await digits(pin);
  await tap('pad-enter');
  await shown('float');
  await digits(sale.float);
  await tap('bar');
  await shown('empty-cart');

  await see(`tile-${sale.loaf.sku}`);
  await screen.lines(1);
  await see(`tile-${sale.bananas.sku}`);
  await digits(sale.bananas.typed);
  await tap('pad-enter');
  await screen.lines(2);
  await page.getByTestId('line').first().getByRole('button').tap();
  await see('void-line');
  await shown('sheet');
  await tap(`reason-${sale.croissant.reason}`);
  await gone('sheet');
  await screen.lines(1);
  await tap('toast-undo');
  await screen.lines(2);
  await keep('27-touched-cart');
  await tap('pay');
  await shown('complete');
  await tap('tender-card');
  await tap('ask-card');
  await until('the card paid', () => at('terminal').getAttribute('data-state'), 'approved');
  await until('the sale can be completed', () => at('complete').isEnabled());
  await tap('complete');
  await shown('next');
  await keep('28-touched-done');
  await tap('next');
  await shown('empty-cart');

  await see('more');
  await tap('sheet-close-shift');
  await shown('counted');
  await digits('2');
  await says('counted', dollars('200.00'));
  await keep('29-touched-count');
  await tap('hand-in');
  await shown('check');
  await tap('check-ask');
  await until('the terminal tells', () => at('check').getAttribute('data-outcome'), 'told');
  await tap('check-close');
  await shown('over-short');
  assert.ok((await text('over-short')).includes(dollars('0.00')), await text('over-short'));
  await tap('sign-out');
  await shown('pin-dots');
}

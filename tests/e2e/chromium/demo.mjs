// A folder without a store: the demonstration is opened from there, and somebody signs in and is locked out again.
import { operators, sale, until } from '../story.mjs';

export const name = 'demo';
/** how it is worked rather than how it looks */
export const hands = true;
export const demo = false;

export async function run(screen) {
  const { page, bridge, language, at, shown, type, lines, press, keep } = screen;
  const { name: who, pin } = operators[language];
  const signIn = async () => {
    await page.getByRole('button', { name: who }).click();
    await type(pin);
    await page.keyboard.press('Enter');
  };
  await page.clock.install();
  await page.reload();
  await shown('setup-name');
  await at(`language-${language}`).click();
  await at('open-demo').click();
  await shown('pin-dots');
  await keep('59-demo-opened');
  await signIn();
  await shown('float');
  await type(sale.float);
  await page.keyboard.press('Enter');
  await shown('empty-cart');

  // the counter is locked by hand, and by itself when nobody touches it; the cart stays
  await press(`tile-${sale.loaf.sku}`);
  await lines(1);
  await page.keyboard.press('Control+l');
  await shown('pin-dots');
  await signIn();
  await lines(1);
  await page.clock.fastForward('04:30');
  await lines(1);
  await page.clock.fastForward('00:45');
  await shown('pin-dots');
  await until('nobody is signed in', async () => (await bridge.call('state')).operator, null);
  await signIn();
  await lines(1);
}

// A shift: a sale with everything in it, the drawer, cards, X and Z.
import { strict as assert } from 'node:assert';
import { operators, sale, until } from '../story.mjs';

export const name = 'shift';
export const demo = true;

export async function run(screen) {
  const { page, bridge, language, at, press, shown, gone, text, says, dollars, type, scan, lines, keep } = screen;
  /** A price, a discount, a note and a parked cart, and all of it undone: the sale stays the story's. */
  const changes = async () => {
    await page.keyboard.press('F4');
    await type(sale.tote.lowered);
    await keep('17-price');
    await page.keyboard.press('Enter');
    await shown('reason-damaged');
    await keep('18-reason');
    await page.keyboard.press('3');
    await shown('refuse');
    assert.equal(await at('pay').isDisabled(), true, 'nothing is paid behind a sheet');
    await says('approval-off', language === 'fr' ? '−3,00\u00a0$ (25\u00a0%)' : '−$3.00 (25%)');
    await says('approval-total', dollars('44.32')); // 43.15, and 13% of 9.00
    await page.getByTestId('sheet').getByRole('button', { name: operators.supervisor.name }).click();
    await type('0000');
    await page.keyboard.press('Enter');
    await shown('approval-trouble');
    await keep('19-approval-wrong-pin');
    await type(operators.supervisor.pin);
    await page.keyboard.press('Enter');
    await gone('sheet');
    await shown('toast');
    await keep('20-price-changed');
    await page.keyboard.press('Control+z');
    await says('subtotal', dollars(sale.subtotal));

    await page.keyboard.press('F5');
    await page.keyboard.press('F5'); // once more: the whole cart
    await type('0.10');
    await page.keyboard.press('$');
    await keep('21-discount');
    await page.keyboard.press('Enter');
    await shown('reason-courtesy');
    await page.keyboard.press('4');
    await shown('cart-discount');
    await at('toast').hover(); // it stays while a hand is on it
    await keep('22-cart-discount');
    await at('toast-undo').click();
    await gone('cart-discount');

    await press('note');
    await page.keyboard.type('Ribbon', { delay: 60 });
    await keep('23-note');
    await page.keyboard.press('Enter');
    await gone('sheet');
    await page.keyboard.press('F6');
    await shown('park-name');
    await keep('24-park');
    await page.keyboard.press('Enter');
    await says('parked-count', '1');
    await shown('empty-cart');
    await keep('25-empty-with-parked');
    await press(`tile-${sale.loaf.sku}`);
    await lines(1);
    await page.keyboard.press('F7');
    await page.getByTestId('sheet').locator('[data-testid^=parked-]').first().waitFor();
    await keep('26-parked');
    await page.keyboard.press('1');
    await shown('park-first'); // a cart on the ticket is never lost to another one
    await keep('27-parked-blocked');
    await page.keyboard.press('Escape');
    await gone('sheet');
    await page.keyboard.press('Control+z'); // the loaf that was added
    await lines(0);
    await page.keyboard.press('F7');
    await page.getByTestId('sheet').locator('[data-testid^=parked-]').first().click();
    await gone('sheet');
    await lines(5);
  };
  /** A manager signs in to add what is not in the catalogue; whoever was there comes back to the same cart. */
  const missing = async (code, { name: who, pin }) => {
    const manager = operators.manager[language];
    await shown('missing-add');
    assert.equal(await at('missing-sell').count(), 0, 'not in this store');
    await at('missing-add').click();
    await shown('missing-text');
    await page.getByTestId('sheet').getByRole('button', { name: new RegExp(`^${manager.name}`) }).click();
    await type(manager.pin);
    await keep('08-missing');
    await page.keyboard.press('Enter');
    await until('its code is on the paper', () => at('gtin-0').inputValue(), code);
    await keep('08-missing-to-add');
    await page.keyboard.press('Escape');
    await at('unsaved-discard').click();
    await shown('pay');
    await at('operator').click();
    await page.getByRole('button', { name: who }).click();
    await type(pin);
    await page.keyboard.press('Enter');
    await lines(5);
  };
  /** Only what is seen of a long shelf is there, and all of it for whoever scrolls on. */
  const longShelf = async () => {
    if (!(await at('tiles').isVisible())) return; // the keypad is in their place
    const tiles = at('tiles').locator('[data-testid^=tile-]');
    const all = (await bridge.call('tiles', { department: null })).map(({ sku }) => `tile-${sku}`);
    assert.ok((await tiles.count()) < all.length, 'not all of them at once');
    const toTheEnd = async () => {
      await at('tiles').evaluate((shelf) => shelf.scrollTo(0, shelf.scrollHeight));
      return tiles.evaluateAll((found) => found.map(({ dataset }) => dataset.testid));
    };
    await until('the whole shelf is there', toTheEnd, all);
    await at('tiles').evaluate((shelf) => shelf.scrollTo(0, 0));
  };
  /** Goods that ask for an age and count towards a limit; the customer cannot show a document. */
  const limits = async () => {
    await at(`department-${sale.limited.department}`).click();
    await press(`tile-${sale.limited.fits}`);
    await lines(6);
    await until('it nearly fills the limit', () => at('possession').getAttribute('data-state'), 'near');
    await keep('28-possession');
    await press(`tile-${sale.limited.tooMuch}`);
    await until('it is past the limit', () => at('possession').getAttribute('data-state'), 'over');
    await page.keyboard.press('F12');
    await shown('notice'); // and payment is not reached
    await keep('29-possession-over');
    await page.keyboard.press('Control+z');
    await lines(6);
    await page.keyboard.press('F12');
    await shown('born-by');
    await keep('30-age');
    await page.keyboard.press('Escape');
    await gone('sheet');
    await page.keyboard.press('F12');
    await at('reason-refuse').click();
    await gone('sheet');
    await lines(5);
    await at('department-favourites').click();
  };
  /** The drawer opened without a sale, and as much paid out as was paid in: it holds what the story says. */
  const drawer = async () => {
    await page.keyboard.press('F10');
    await shown('reason-look');
    await keep('31-no-sale');
    await page.keyboard.press('3');
    await gone('sheet');
    await shown('notice');
    const move = async (...turns) => {
      await page.keyboard.press('F1');
      await at('sheet-drawer').click();
      await shown('drawer-next');
      assert.equal(await at('drawer-next').isDisabled(), true, 'no amount is typed yet');
      for (const turn of turns) await page.keyboard.press(turn);
      await type(sale.moved);
    };
    await move('ArrowLeft');
    await keep('32-paid-in');
    await page.keyboard.press('Enter');
    await shown('reason-change');
    await keep('33-paid-in-reason');
    await page.keyboard.press('1');
    await gone('sheet');
    await until('it is said', async () => (await text('notice')).includes(dollars(sale.moved)));
    await move();
    await page.keyboard.press('Enter');
    await shown('reason-other');
    await page.keyboard.press('5');
    await shown('drawer-reason');
    await page.keyboard.type('Ribbon', { delay: 60 });
    await keep('34-paid-out-reason');
    await page.keyboard.press('Enter');
    await shown('refuse');
    await page.getByTestId('sheet').getByRole('button', { name: operators.supervisor.name }).click();
    await type(operators.supervisor.pin);
    await keep('35-paid-out-approval');
    await page.keyboard.press('Enter');
    await gone('sheet');
    await until('it is said', async () => (await text('notice')).includes('Ribbon'));
    await keep('36-paid-out');
    // more than a cashier pays in alone
    await page.keyboard.press('F1');
    await at('sheet-drawer').click();
    await shown('drawer-next');
    await page.keyboard.press('ArrowLeft');
    await type('600');
    await page.keyboard.press('Enter');
    await shown('reason-change');
    await page.keyboard.press('1');
    await shown('refuse');
    await says('wanted', dollars('600.00'));
    await keep('36-paid-in-approval');
    await page.keyboard.press('Escape');
    await gone('sheet');
  };
  /** A terminal that is gone, and one that stops answering: nobody knows whether it charged, and a person says so. */
  const silence = async () => {
    const terminal = (fault) => bridge.call('sim_card', { fault });
    const state = (wanted) => until('the terminal', () => at('terminal').getAttribute('data-state'), wanted);
    const lamp = (wanted) => until('its lamp', () => at('lamp-terminal').getAttribute('data-lamp'), wanted);
    await press(`tile-${sale.loaf.sku}`);
    await lines(1);
    await page.keyboard.press('F12');
    await shown('complete');
    await page.keyboard.press('F3');
    await terminal('unplugged');
    await lamp('offline');
    await page.keyboard.press('Enter');
    await shown('notice');
    await keep('36-card-terminal-gone');
    await terminal('none');
    await lamp('ready');
    await terminal('silent');
    await page.keyboard.press('Enter');
    await state('unknown');
    await keep('36-card-timed-out');
    await terminal('none');
    await state('doubtful'); // it remembers nothing to compare with
    await keep('36-card-doubtful');
    await at('card-not-charged').click();
    await shown('refuse');
    await page.getByTestId('sheet').getByRole('button', { name: operators.supervisor.name }).click();
    await type(operators.supervisor.pin);
    await keep('36-card-judged');
    await page.keyboard.press('Enter');
    await state('cancelled');
    await page.keyboard.press('Escape');
    await shown('pay');
    await page.keyboard.press('Control+z');
    await lines(0);
  };
  /** Cash first and a card for the rest: it can be given back, a card pays no more than it leaves, and the cart remembers. */
  const split = async () => {
    const { cash, card, total } = sale.split;
    await press(`tile-${sale.honey.sku}`);
    await press(`tile-${sale.coffee.sku}`);
    await lines(2);
    await page.keyboard.press('F12');
    await shown('complete');
    await type(cash.slice(0, 2));
    await page.keyboard.press('F3');
    await shown('cash-tender');
    await says('card-due', dollars(card));
    await type('20');
    await until('no more than that', async () => (await text('ask-card')).includes(dollars(card)));
    assert.equal(await at('ask-card').isDisabled(), true);
    await keep('37-cash-first');
    await at('leave-cash').focus();
    await page.keyboard.press('Enter');
    await gone('cash-tender');
    await says('card-due', dollars(total));
    await page.keyboard.press('F2');
    await type(cash.slice(0, 2));
    await page.keyboard.press('F3');
    await says('card-due', dollars(card));
    await page.keyboard.press('F2'); // on the pad again, to be typed over
    await says('given', dollars(cash));
    await page.keyboard.press('F3');
    await page.keyboard.press('Escape');
    await shown('pay');
    await page.keyboard.press('F12');
    await shown('cash-tender');
    await says('card-due', dollars(card));
    await page.keyboard.press('Enter');
    await until('the sale can be completed', () => at('complete').isEnabled());
    await says('change', dollars('0.00'));
    await keep('37-cash-first-paid');
    await page.keyboard.press('Enter');
    await shown('next');
    const { tenders } = (await bridge.call('state')).last_sale;
    assert.deepEqual(tenders.map(({ type, amount }) => [type, amount]), [
      ['card', card],
      ['cash', cash],
    ]);
    await page.keyboard.press('Enter');
    await shown('empty-cart');
  };
  /** A card that is declined, one that pays a part and is taken back, one nobody knows about for a while, and cash. */
  const cards = async () => {
    const terminal = (fault) => bridge.call('sim_card', { fault });
    const state = (wanted) => until('the terminal', () => at('terminal').getAttribute('data-state'), wanted);
    await press(`tile-${sale.loaf.sku}`);
    await lines(1);
    await page.keyboard.press('F12');
    await shown('complete');
    await page.keyboard.press('F3');
    await says('card-due', dollars(sale.loaf.amount));
    await keep('37-card');
    await terminal('waits');
    await page.keyboard.press('Enter');
    await state('asking');
    await keep('38-card-asking');
    await page.keyboard.press('Escape'); // stops it, and stays
    await state('cancelled');
    await keep('39-card-cancelled');
    await terminal('declines');
    await page.keyboard.press('Enter');
    await state('declined');
    await keep('40-card-declined');
    await terminal('part');
    await page.keyboard.press('Enter');
    await state('approved');
    await says('card-due', dollars(sale.card.left));
    await keep('41-card-part');
    await at('void-card').click();
    await shown('take-back');
    await keep('42-card-void');
    await at('take-back').click();
    await gone('sheet');
    await says('card-due', dollars(sale.loaf.amount));
    await keep('43-card-voided');
    await type(sale.card.typed);
    await terminal('line_lost');
    await page.keyboard.press('Enter');
    await state('unknown');
    await until('the terminal is gone', () => at('lamp-terminal').getAttribute('data-lamp'), 'offline');
    await keep('44-card-unknown');
    await page.keyboard.press('Escape'); // nothing else is done before it is settled
    await shown('notice');
    await terminal('none');
    await state('approved'); // asked by itself once it is back
    await says('card-due', dollars(sale.card.rest));
    await page.keyboard.press('F2');
    await says('cash-due', dollars(sale.card.cashDue));
    await keep('45-card-and-cash');
    await at(`quick-${sale.card.cashDue}`).click();
    await until('the sale can be completed', () => at('complete').isEnabled());
    await page.keyboard.press('Enter');
    await shown('next');
    await keep('46-card-done');
    await page.keyboard.press('Enter');
    await shown('empty-cart');
    const { terminal: booked } = await bridge.call('sim_state');
    assert.deepEqual(
      booked.booked.map(({ amount, kind, reversed }) => [amount, kind, reversed]),
      sale.card.booked,
    );
  };
  /** The drawer is counted a nickel short and goes to the manager, by keys alone; who gave it up is signed out. */
  const handOver = async (from) => {
    const to = operators.manager[language];
    await at(`tile-${sale.loaf.sku}`).click();
    await lines(1);
    await page.keyboard.press('F1');
    await at('sheet-hand-over').click();
    await shown('notice'); // not over a cart
    await page.keyboard.press('Control+z');
    await lines(0);
    await page.keyboard.press('F1');
    await at('sheet-hand-over').click();
    await shown('counted');
    for (const count of sale.handOver.pieces) {
      await type(count);
      await page.keyboard.press('Enter');
    }
    await says('counted', dollars(sale.handOver.counted));
    await keep('47-hand-over-count');
    await page.keyboard.press('F12');
    await shown('explained'); // before anybody takes it
    const found = await text('over-short');
    assert.ok(found.includes(dollars(sale.handOver.short)) && found.includes(from), found);
    await page.keyboard.type(sale.handOver.note[language], { delay: 60 });
    await keep('48-hand-over-explained');
    await page.keyboard.press('F12');
    await shown('refuse');
    await page.keyboard.press('Escape');
    await gone('sheet');
    await page.keyboard.press('F12'); // what was written is still there
    await shown('refuse');
    assert.ok((await text('sheet')).includes(sale.handOver.note[language]), await text('sheet'));
    const taker = page.getByTestId('sheet').getByRole('button', { name: new RegExp(`^${to.name}`) });
    assert.equal(await page.getByTestId('sheet').getByRole('button', { name: from }).count(), 0, 'not to oneself');
    const chosen = () => page.evaluate(() => document.activeElement?.querySelector('b')?.textContent);
    for (let stops = 0; stops < 12 && (await chosen()) !== to.name; stops += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until('they are chosen', () => taker.getAttribute('aria-pressed'), 'true');
    await type('0000');
    await page.keyboard.press('Enter');
    await shown('approval-trouble');
    await keep('49-hand-over-wrong-pin');
    assert.equal((await bridge.call('state')).operator.name, from, 'a wrong PIN changes nothing');
    await type(to.pin);
    await keep('50-hand-over-pin');
    await page.keyboard.press('Enter');
    await shown('has-drawer');
    assert.ok((await text('over-short')).includes(dollars(sale.handOver.short)), await text('over-short'));
    assert.ok((await text('operator')).startsWith(to.name), await text('operator'));
    await until('the slip came out', async () => (await bridge.call('sim_state')).slips.length, 4);
    await at('slip-again').click();
    await until('and once more', async () => (await bridge.call('sim_state')).slips.length, 5);
    assert.match((await bridge.call('sim_state')).slips[0].text, /DUPLICAT/);
    await keep('51-handed-over');
    await scan(sale.coffee.gtin); // and sells at once
    await lines(1);
    await page.keyboard.press('Control+z');
    await lines(0);
    await page.keyboard.press('F1');
    await at('sheet-x-report').click();
    await shown('report-hand-over');
    assert.ok((await text('report')).includes(sale.handOver.note[language]), await text('report'));
    await keep('52-x-after-hand-over');
    await page.keyboard.press('Escape');
    await gone('report');
    await page.keyboard.press('F1');
    await shown('sheet-people');
    await keep('52-more-for-a-manager');
    const body = at('sheet').locator('.body');
    const hidden = await body.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
    if (page.viewportSize().height >= 768) assert.equal(hidden, 0, 'nothing of it has to be scrolled to');
    await at('sheet-journal').click();
    await at('rail-reports').click();
    await at('shift-1').click();
    await until('the shift is open', () => at('shift-1').getAttribute('aria-pressed'), 'true');
    await shown('report-net');
    await page.keyboard.press('F7');
    await shown('report-hand-over');
    await keep('53-shift-with-slips');
    await at('slip-again').click();
    await gone('sheet');
    await until('the slip again', async () => (await bridge.call('sim_state')).slips.length, 6);
    await at('rail-sell').click();
    await shown('tiles');
  };

  /** The terminal is away when it is asked for its totals, and says the same as the books once it is back. */
  const checkTerminal = async () => {
    const outcome = (wanted) => until('the terminal', () => at('check').getAttribute('data-outcome'), wanted);
    await shown('check-ask');
    await says('check-ours', dollars(sale.byCards));
    await keep('54-terminal-not-asked');
    await page.keyboard.press('Escape'); // the count is still there
    await says('counted', dollars(sale.inDrawer));
    await page.keyboard.press('F12');
    await shown('check-ask');
    await bridge.call('sim_card', { fault: 'unplugged' });
    await page.keyboard.press('F12');
    await outcome('not_reached');
    await keep('55-terminal-not-reached');
    await bridge.call('sim_card', { fault: 'none' });
    await until('it answers again', async () => {
      const now = await at('check').getAttribute('data-outcome');
      if (now === 'not_reached') await at('ask-again').click();
      return now === 'told';
    });
    await says('check-told', dollars(sale.byCards));
    await says('check-difference', dollars('0.00'));
    await keep('56-terminal-told');
  };

  await shown(`language-${language}`);
  await at(`language-${language}`).click();
  await keep('01-sign-in');
  const { name: who, pin } = operators[language];
  await page.getByRole('button', { name: who }).click();
  await type(pin);
  await keep('02-pin');
  await page.keyboard.press('Enter');

  await shown('float');
  await type(sale.float);
  await keep('03-open-shift');
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  await shown('tiles');
  await keep('04-empty-cart');
  await longShelf();

  await press(`tile-${sale.loaf.sku}`);
  await lines(1);
  await page.keyboard.press('F2');
  await type(sale.honey.search[language]);
  await until('one hit', () => page.getByRole('option').count(), 1);
  await keep('05-search');
  await page.keyboard.press('Enter');
  await lines(2);
  await scan(sale.coffee.gtin);
  await lines(3);
  await page.route('**/api/scan', async (route) => {
    await new Promise((later) => setTimeout(later, 600));
    await route.continue();
  });
  await scan(sale.bananas.sku); // what is typed before the engine has answered is the weight already
  await type(sale.bananas.typed);
  await says('quantity', `${sale.bananas.quantity[language]}\u00a0kg`);
  await page.unroute('**/api/scan');
  await page.keyboard.press('Escape');
  await says('quantity', '1');
  await press(`tile-${sale.bananas.sku}`);
  await type(sale.bananas.typed);
  await says('quantity', `${sale.bananas.quantity[language]}\u00a0kg`);
  await keep('06-weight');
  await page.keyboard.press('Enter');
  await lines(4);
  await at('department-home').click();
  await press(`tile-${sale.tote.sku}`);
  await lines(5);
  await at('department-favourites').click();
  await press(`tile-${sale.croissant.sku}`);
  await lines(6);
  await press('void-line');
  await shown('sheet');
  await keep('07-void-line');
  await at(`reason-${sale.croissant.reason}`).click();
  await gone('sheet');
  await lines(5);
  await scan('9526999999992');
  await shown('notice');
  await keep('08-unknown-code');
  await missing('9526999999992', operators[language]);
  await says('subtotal', dollars(sale.subtotal));
  await says('bar-amount', dollars(sale.total));
  await keep('09-cart');
  await changes();
  await limits();
  await says('subtotal', dollars(sale.subtotal));
  await says('bar-amount', dollars(sale.total));

  await page.keyboard.press('F12');
  await shown('complete');
  await says('total', dollars(sale.total));
  await says('cash-due', dollars(sale.cashDue));
  await keep('10-pay');
  assert.equal(await at('complete').isDisabled(), true, 'nothing is given yet');
  await at(`quick-${sale.given}`).click();
  await says('change', dollars(sale.change));
  await until('the sale can be completed', () => at('complete').isEnabled());
  await keep('11-enough');
  await page.keyboard.press('Enter');

  await shown('next');
  await says('change', dollars(sale.change));
  const handBack = await at('hand-back').evaluateAll((parts) => parts.map((p) => [p.dataset.value, p.dataset.count]));
  assert.deepEqual(handBack, sale.handBack);
  await until('the receipt came out', () => at('receipt-state').getAttribute('data-state'), 'printed');
  await keep('12-sale-done');
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  await at('last-sale').waitFor({ state: 'attached' }); // where there is no room, its place is left to others
  await drawer();
  await silence();
  await split();
  await cards();

  await page.keyboard.press('F1');
  await at('sheet-x-report').click();
  await shown('report');
  await keep('13-x-report');
  await page.keyboard.press('Escape');
  await gone('report');
  await handOver(who);
  await page.keyboard.press('F1');
  await at('sheet-close-shift').click();
  await shown('counted');
  const holds = operators.manager[language].name;
  await until('whose drawer it is', async () => (await text('count-hint')).startsWith(holds));
  for (const count of sale.pieces) {
    await type(count);
    await page.keyboard.press('Enter');
  }
  await says('counted', dollars(sale.inDrawer));
  await says('safe-drop', dollars(sale.toTheSafe));
  const { drawer_kicks: kicks } = await bridge.call('sim_state');
  await page.keyboard.press('F10');
  await until('the drawer opens', async () => (await bridge.call('sim_state')).drawer_kicks, kicks + 1);
  await keep('14-count');
  await page.keyboard.press('F12');
  await checkTerminal();
  await page.keyboard.press('F12');
  await shown('over-short');
  assert.ok((await text('report-terminal')).includes(language === 'fr' ? 'Selon le terminal' : 'By the terminal'));
  assert.ok((await text('over-short')).includes(dollars('0.00')), await text('over-short'));
  const parts = await at('report-parts').locator('dd').allTextContents();
  const short = dollars(sale.handOver.short);
  assert.ok(parts.length === 3 && parts.slice(1).every((part) => part.includes(short)), parts.join());
  await keep('15-z-report');
  await at('sign-out').click();
  await shown('pin-dots');

  await page.setViewportSize({ width: 460, height: 760 });
  await page.goto(`${bridge.base}/devices.html`);
  await until('receipts, hand-overs and Z report lie there', () => page.getByTestId('slips').getByRole('img').count(), 6);
  await keep('16-devices');
}

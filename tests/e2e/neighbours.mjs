// Registers of a store in Chromium, before the real engine and its simulated printers: one has no paper and sends what
// waits to the other, which has some, then stops midway, then loses its power; with a third one it has a choice. Both
// languages, themes and sizes.
//   cargo xtask neighbours [--language en] [--theme light] [--size 1366x768] [--slow 400]
import { strict as assert } from 'node:assert';
import { parseArgs } from 'node:util';
import { startBridge } from './bridge.mjs';
import { close, command, serve, TENANT, Till } from './office-house.mjs';
import { openBrowser, openScreen } from './page.mjs';
import { operators, sale, until } from './story.mjs';

const { values: only } = parseArgs({
  options: {
    language: { type: 'string' },
    theme: { type: 'string' },
    size: { type: 'string' },
    slow: { type: 'string', default: '0' },
  },
});
const looks = ['1366x768', '1920x1080', 'zoomed']
  .flatMap((size) => ['en', 'fr'].flatMap((language) => ['light', 'dark'].map((theme) => ({ size, language, theme }))))
  .map((look) => ({ ...look, slow: Number(only.slow) }))
  .filter(({ size, language, theme }) => {
    if ((only.size ?? size) !== size || (only.language ?? language) !== language) return false;
    // at 200 % the longer words are enough
    if (size === 'zoomed' && (theme === 'dark' || language === 'en')) return false;
    // each size once, unless somebody asks for more
    const usual = { '1366x768': 'en light', '1920x1080': 'en dark', zoomed: 'fr light' };
    if (![only.size, only.language, only.theme].some(Boolean) && usual[size] !== `${language} ${theme}`) return false;
    return (only.theme ?? theme) === theme;
  });
assert.ok(looks.length > 0, 'there is no such look');

const [one, two, three] = ['one', 'two', 'three'].map((name) => new Till(name));
let [first, second, third, browser, screens] = [null, null, null, null, 0];
try {
  await open();
  browser = await openBrowser();
  for (const look of looks) await walk(look);
  await aThirdRegister(looks[0]);
  for (let time = 0; time < 3; time += 1) await theGiverLosesItsPower();
  await oneTrains();
  console.log(`${looks.length} walks of two registers, one of three; axe found nothing on ${screens} screens`);
} finally {
  await browser?.close();
  await Promise.all([first?.stop(), second?.stop(), third?.stop()]);
  await close();
}

/** A store with three registers that sell, two of which are switched on, each with printers of its own. */
async function open() {
  command('tenant', 'add', TENANT, 'Corner Shops');
  command('store', 'add', TENANT, 'RDC', 'Rideau Corner');
  const office = await serve();
  const store = '--region ON --register 1 --demo'.split(' ');
  one.run('init', '--tenant', TENANT, '--store', 'RDC', '--name', 'Rideau Corner', ...store);
  for (const till of [one, two, three]) {
    till.enrol(office.base, command('code', TENANT, 'RDC'));
    till.run('sync', '--once');
    till.run('shift', 'open', '--float', '200.00');
  }
  one.run('sync', '--once');
  first = await startBridge('neighbours-one', { demo: true, data: one.data });
  two.run('sync', 'neighbours', await addressOf(first));
  second = await startBridge('neighbours-two', { demo: true, data: two.data });
}

async function addressOf(bridge) {
  const port = await until('it listens', async () => (await bridge.call('link_view')).port);
  return `127.0.0.1:${port}`;
}

async function walk(look) {
  const name = `${look.size}-${look.language}-${look.theme}`;
  const [near, far] = await Promise.all([
    openScreen(browser, second, `2-${name}`, look),
    openScreen(browser, first, `1-${name}`, look),
  ]);
  try {
    await story(near, far);
    assert.deepEqual([...near.problems, ...far.problems], []);
    console.log(`neighbours ${name}: ok`);
  } catch (error) {
    const pictures = await Promise.all([near.failed(), far.failed()]);
    console.error(`neighbours ${name}: failed; the screens are in ${pictures.join(' and ')}`);
    console.error([...near.problems, ...far.problems].join('\n'));
    throw error;
  } finally {
    screens += near.kept() + far.kept();
    await Promise.all([near.close(), far.close()]);
  }
}

async function story(near, far) {
  const { at, shown, keep, page, text } = near;
  const fault = (bridge, fault) => bridge.call('sim_fault', { fault });
  await fault(first, 'none');
  await isSafeElsewhere(near);
  await fault(second, 'paper_out');
  await atTheDevices(near, second);
  await until('the printer has no paper', () => at('device-printer').getAttribute('data-lamp'), 'stopped');
  const send = async (count) => {
    const receipts = [];
    while (receipts.length < count) receipts.push(await sells(second));
    await page.keyboard.press('F5');
    await until('they wait', () => rows('waiting').count(), count);
    await until('it can be sent', () => at('send-jobs').isEnabled());
    return receipts;
  };
  const rows = (state) => page.locator(`[data-testid=jobs] [data-state=${state}]`);
  const keys = (name) => page.locator(`[data-testid^=job-${name}-]`);
  const said = () => at('giving').getAttribute('data-tone');

  // there is no paper over there either, and then there is
  const [stops, comesOut] = await send(2);
  await fault(first, 'paper_out');
  await until('it says why not', () => at('send-jobs').isDisabled());
  await keep('81-nobody-can-print');
  await fault(first, 'none');
  await until('it can be sent', () => at('send-jobs').isEnabled());
  assert.match(await text('send-jobs'), /1/);
  await keep('82-send-jobs');
  assert.deepEqual(await page.evaluate(wordsCutShort), [], 'the strip has room for what ails the printer');

  // the other printer stops midway, and goes on with the next
  await fault(first, 'cut_off');
  await page.keyboard.press('F8');
  await until('one stopped midway over there', () => keys('again').count(), 1);
  await until('the other is printed', () => rows('given').count(), 1);
  await until('it is said', said, 'attention');
  await keep('83-stopped-over-there');
  await atTheDevices(far, first);
  await far.shown('jobs');
  await until('it says whose it is', () => far.page.locator('[data-testid=jobs] .from').count(), 1);
  await far.keep('84-job-of-a-neighbour');
  await fault(first, 'none');
  await far.page.locator('[data-testid^=job-again-]').click();
  await until('it is told so', () => rows('given').count(), 0);
  await until('all is printed', said, 'ok');
  await far.shown('no-jobs');
  await keep('85-printed-over-there');
  const [once, again] = (await slips()).slice(-2).map((slip) => slip.text);
  assert.ok(once.includes(comesOut) && !/DUPLICAT/.test(once), once);
  assert.match(once, /Printed for register 2|Imprimé pour la caisse 2/);
  assert.ok(again.includes(stops) && /DUPLICAT/.test(again), again);

  // the last of many is taken back, and sent again
  await fault(first, 'slow');
  const many = await send(6);
  await page.keyboard.press('F8');
  await until('they are over there', () => keys('back').count());
  await keys('back').last().click();
  await until('the last came back', () => rows('waiting').count(), 1);
  await keep('86-taken-back');
  await fault(first, 'none');
  await until('the others came out', () => rows('given').count(), 0);
  await page.keyboard.press('F8');
  await shown('no-jobs');
  const printed = (await slips()).slice(-many.length).map((slip) => slip.text);
  many.forEach((receipt, place) => assert.ok(printed[place].includes(receipt), printed[place]));

  // the power of the other fails in the middle of a job
  assert.deepEqual(far.problems, []);
  await far.close();
  await fault(first, 'slow');
  const [lost, ...wait] = await send(3);
  await page.keyboard.press('F8');
  const isPrinting = async () => (await first.call('job_list')).some(({ state }) => state === 'printing');
  await until('the first is being printed', isPrinting);
  await first.stop('SIGKILL');
  await until('nobody answers', () => keys('here').count(), 3);
  await keep('87-the-neighbour-is-gone');
  first = await startBridge('neighbours-one', { demo: true, data: one.data });
  await second.call('set_neighbours', { addresses: [await addressOf(first)] });
  await until('what waited there came out', () => rows('given').count(), 1, 60);
  await until('one asks', () => keys('again').count(), 1);
  await keys('again').click();
  await fault(second, 'none');
  await shown('no-jobs');
  const afterwards = (await slips()).map((slip) => slip.text);
  assert.equal(afterwards.length, wait.length);
  wait.forEach((receipt, place) => assert.ok(afterwards[place].includes(receipt), afterwards[place]));
  const here = (await second.call('sim_state')).slips[0].text;
  assert.ok(here.includes(lost) && /DUPLICAT/.test(here), here);
  await until('it is put away there', async () => first.call('state').then(({ jobs }) => jobs.unknown.length), 0);
}

/** A sale is told to be safe at the other register and at head office once they have said so. */
async function isSafeElsewhere(near) {
  const { at, shown, keep, page, press, lines } = near;
  await second.call('sim_fault', { fault: 'none' });
  await atTheDevices(near, second);
  await at('rail-sell').click();
  await press(`tile-${sale.loaf.sku}`);
  await lines(1);
  await page.keyboard.press('F12');
  await at('quick-6.50').click();
  await until('the sale can be completed', () => at('complete').isEnabled());
  await page.keyboard.press('Enter');
  await shown('next');
  await until('it is safe in three places', () => at('stored').getAttribute('data-places'), '3', 60);
  const places = { en: /on another till, at head office/, fr: /à une autre caisse, au siège social/ };
  await until('the strip says so', async () => places[near.language].test(await at('last-sale').getAttribute('title')));
  await keep('80-safe-in-three-places');
  await page.keyboard.press('Enter');
  await shown('empty-cart');
}

/** Of two neighbours the one that can print is sent to, whichever it is; of two that can, it is asked which. */
async function aThirdRegister(look) {
  const name = `${look.size}-${look.language}-${look.theme}`;
  third = await startBridge('neighbours-three', { demo: true, data: three.data });
  const near = await openScreen(browser, second, `3-${name}`, look);
  const { at, shown, gone, keep, page, text } = near;
  const fault = (bridge, fault) => bridge.call('sim_fault', { fault });
  const there = async () =>
    (await second.call('neighbour_printers')).neighbours.map(({ register, printer }) => `${register} ${printer}`);
  const printed = async (bridge) => (await bridge.call('sim_state')).slips.map((slip) => slip.text);
  const wait = async (count) => {
    const receipts = [];
    while (receipts.length < count) receipts.push(await sells(second));
    await page.keyboard.press('F5');
    await until('it can be sent', () => at('send-jobs').isEnabled());
    return receipts;
  };
  try {
    await Promise.all([fault(first, 'none'), fault(second, 'paper_out'), fault(third, 'paper_out')]);
    await atTheDevices(near, second);
    await second.call('set_neighbours', { addresses: [await addressOf(first), await addressOf(third)] });
    await until('one of the two has paper', there, ['1 ready', '3 paper_out'], 60);
    const [byOne] = await wait(1);
    // the window hears of it after the engine
    await until('it says to which', async () => /1/.test(await text('send-jobs')));
    await keep('88-one-of-two-can-print');
    await page.keyboard.press('F8');
    await shown('no-jobs');
    assert.ok((await printed(first))[0].includes(byOne), 'the one with paper printed it');

    await fault(first, 'paper_out');
    await until('nobody has paper', there, ['1 paper_out', '3 paper_out']);
    const waits = await sells(second);
    await page.keyboard.press('F5');
    await until('it says why not', () => at('send-jobs').isDisabled());
    await keep('89-neither-can-print');

    await Promise.all([fault(first, 'none'), fault(third, 'none')]);
    await until('both have paper', there, ['1 ready', '3 ready']);
    const [andThis] = await wait(1);
    await until('it will ask which', async () => /…/.test(await text('send-jobs')));
    await page.keyboard.press('F8');
    await shown('sheet');
    const keys = page.locator('[data-testid^=pick-]');
    const numbers = (await keys.allTextContents()).map((said) => /\d+/.exec(said)?.[0]);
    assert.deepEqual(numbers, ['1', '3']);
    await keep('90-which-register');
    // closed again nothing is sent; then the second of them is chosen by the keyboard alone
    await page.keyboard.press('Escape');
    await gone('sheet');
    await until('both wait', () => page.locator('[data-testid=jobs] [data-state=waiting]').count(), 2);
    await page.keyboard.press('F8');
    await shown('sheet');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await shown('no-jobs');
    await keep('91-printed-at-the-third');
    const [newest, before] = await printed(third);
    assert.ok(newest.includes(andThis) && before.includes(waits), `${before} ${newest}`);
    assert.match(newest, /Printed for register 2|Imprimé pour la caisse 2/);
    assert.ok(!(await printed(first)).some((slip) => slip.includes(waits) || slip.includes(andThis)));
    assert.deepEqual(near.problems, []);
    console.log(`neighbours, three of them ${name}: ok`);
  } catch (error) {
    console.error(`neighbours, three of them ${name}: failed; the screen is in ${await near.failed()}`);
    console.error(near.problems.join('\n'));
    throw error;
  } finally {
    screens += near.kept();
    await near.close();
  }
  await signIn(second);
  await third.stop();
  third = null;
  await second.call('set_neighbours', { addresses: [await addressOf(first)] });
  await until('it is alone with the first again', there, ['1 ready'], 60);
}

/** Killed as soon as a receipt was given: it comes out once, over there, and its register hears of it. */
async function theGiverLosesItsPower() {
  await signIn(second);
  await second.call('sim_fault', { fault: 'paper_out' });
  const ready = async () =>
    (await second.call('neighbour_printers')).neighbours.find(({ printer }) => printer === 'ready');
  const { device } = await until('the neighbour can print', ready, true, 60);
  await until('the printer has no paper', async () =>
    (await second.call('state')).devices.some(({ kind, lamp }) => kind === 'printer' && lamp === 'stopped'),
  );
  const receipt = await sells(second);
  await second.call('give_jobs', { to: device });
  await second.stop('SIGKILL');
  second = await startBridge('neighbours-two', { demo: true, data: two.data });
  await signIn(second);
  await until('it is told that it is printed', async () => (await second.call('job_list')).length, 0, 60);
  const printed = (await slips()).filter((slip) => slip.text.includes(receipt));
  assert.equal(printed.length, 1);
  assert.doesNotMatch(printed[0].text, /DUPLICAT/);
  assert.equal((await second.call('sim_state')).slips.length, 0);
}

/**
 * One register trains: it takes in what the other sells, prints for nobody, and what is practised reaches nobody, also
 * when its power is cut. That there was a training does.
 */
async function oneTrains() {
  await Promise.all([signIn(first), signIn(second)]);
  await Promise.all([first, second].map((bridge) => bridge.call('sim_fault', { fault: 'none' })));
  const there = async () =>
    (await first.call('neighbour_printers')).neighbours.map(({ register, printer }) => `${register} ${printer}`);
  await until('it could print', there, ['2 ready'], 60);
  await second.call('begin_training', { approval: null });
  await until('it prints for nobody', there, ['2 stopped'], 60);
  assert.deepEqual((await second.call('neighbour_printers')).neighbours, []);
  const practised = await sells(second);
  assert.match(practised, /-T1-1$/);
  const receipt = await sells(first);
  const id = (await first.call('state')).last_sale.sale;
  const elsewhere = async () => {
    const { neighbour, head_office } = await first.call('stored_at', { id });
    return neighbour !== null && head_office !== null;
  };
  await until('whoever trains has it', elsewhere, true, 60);
  await second.stop('SIGKILL');
  second = await startBridge('neighbours-two', { demo: true, data: two.data });
  assert.equal((await second.call('state')).training, false, 'it starts in the store');
  await signIn(second);
  assert.equal((await second.call('sale_view', { receipt })).receipt, receipt);
  await until('it could print again', there, ['2 ready'], 60);
  const day = { kind: 'day', day: (await first.call('report_periods')).today };
  for (const bridge of [first, second]) {
    await assert.rejects(bridge.call('sale_view', { receipt: practised }), /training_receipt/);
    const signs = async () => {
      const { operators: rows } = await bridge.call('sales_report', { period: day });
      const row = rows.find((row) => row.name === operators.manager.en.name);
      return [row?.trainings, row?.practised];
    };
    await until('that there was a training is known', signs, [1, 1], 60);
  }
}

/** What the lamps of the strip say and have no room for; asked of the page. */
function wordsCutShort() {
  const said = [...document.querySelectorAll('.strip .lamp, .strip .lamp > .dim')];
  const cut = said.filter((one) => getComputedStyle(one).clipPath === 'none' && one.scrollWidth > one.clientWidth + 1);
  return cut.map((one) => one.textContent.trim());
}

async function signIn(bridge) {
  const { name, pin } = operators.manager.en;
  const { id } = (await bridge.call('operators')).find((operator) => operator.name === name);
  await bridge.call('sign_in', { operator: id, pin });
}

async function slips() {
  // the window shows the newest first
  return (await first.call('sim_state')).slips.toReversed();
}

/** Signs a manager in, and opens the devices' place. */
async function atTheDevices({ page, at, shown, type, language }, bridge) {
  if ((await bridge.call('state')).operator) await bridge.call('sign_out');
  await page.goto(bridge.base);
  await shown('pin-dots');
  const { name, pin } = operators.manager[language];
  const { id } = (await bridge.call('operators')).find((operator) => operator.name === name);
  await at(`operator-${id}`).click();
  await type(pin);
  await page.keyboard.press('Enter');
  await shown('empty-cart');
  await page.keyboard.press('F1');
  await at('sheet-journal').click();
  await at('rail-devices').click();
}

/** A sale that nobody at the window sees; answers its receipt. */
async function sells(bridge) {
  const { id, total, cash } = await bridge.call('scan', {
    code: sale.coffee.gtin,
  });
  const { receipt } = await bridge.call('complete_sale', {
    cart: id,
    total,
    cash: cash.quick[0],
  });
  return receipt;
}

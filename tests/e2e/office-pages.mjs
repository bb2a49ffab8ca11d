// Head office's pages in Chromium, before the real program, its PostgreSQL, and real tills: what somebody in an office
// does all day, once; then every page in both languages, both themes and both sizes, each looked over by axe.
//   cargo xtask office-pages [--language en] [--theme light] [--size 1440x900] [--slow 400]
import { strict as assert } from 'node:assert';
import { parseArgs } from 'node:util';
import { close, command, person, serve, TENANT, Till } from './office-house.mjs';
import * as day from './office/day.mjs';
import { look } from './office/look.mjs';
import { openBrowser, openScreen } from './page.mjs';

const { values: only } = parseArgs({
  options: {
    language: { type: 'string' },
    theme: { type: 'string' },
    size: { type: 'string' },
    slow: { type: 'string', default: '0' },
  },
});
const password = 'four words are enough';
let [screens, browser] = [0, null];
try {
  const house = await open();
  browser = await openBrowser();
  await walk(house, { size: '1440x900', language: 'en', theme: 'light' }, day.run);
  for (const size of ['1440x900', '1024x768']) {
    for (const language of ['en', 'fr']) {
      for (const theme of ['light', 'dark']) {
        if ((only.size ?? size) !== size || (only.language ?? language) !== language) continue;
        if ((only.theme ?? theme) === theme) await walk(house, { size, language, theme }, look);
      }
    }
  }
} finally {
  await browser?.close();
  await close();
}
console.log(`axe found nothing on ${screens} screens of head office's pages`);

/** A company with three stores: two registers in one, one in another that goes away, and none in the third. */
async function open() {
  command('tenant', 'add', TENANT, 'Corner Shops');
  for (const [store, name] of [
    ['RDC', 'Rideau Corner'],
    ['BYC', 'Byward Corner'],
    ['WBC', 'Westboro Corner'],
  ])
    command('store', 'add', TENANT, store, name);
  person('amelie', 'Amélie Roy', 'owner', password);
  const office = await serve();
  const [one, two, byward] = ['one', 'two', 'byward'].map((name) => new Till(name));
  const store = '--region ON --register 1 --demo'.split(' ');
  one.run('init', '--tenant', TENANT, '--store', 'RDC', '--name', 'Rideau Corner', ...store);
  one.run('shift', 'open', '--float', '200.00');
  one.enrol(office.base, command('code', TENANT, 'RDC'));
  for (const [basket, lines] of [
    ['a', [{ sku: 'GRO-104', quantity: '2' }, { sku: 'BAK-101' }]],
    ['b', [{ sku: 'GRO-101' }]],
    ['c', [{ sku: 'BAK-103', quantity: '6' }]],
  ])
    one.sell(basket, lines);
  one.run('sync', '--once');
  two.enrol(office.base, command('code', TENANT, 'RDC'));
  two.run('sync', '--once');
  byward.run('init', '--tenant', TENANT, '--store', 'BYC', '--name', 'Byward Corner', ...store);
  byward.run('shift', 'open', '--float', '200.00');
  byward.enrol(office.base, command('code', TENANT, 'BYC'));
  byward.sell('a', [{ sku: 'HOM-101' }, { sku: 'PRO-101', quantity: '1.245' }]);
  byward.run('sync', '--once');
  return { office, one, two, byward, password };
}

async function walk(house, shown, story) {
  const name = `${story === look ? 'look' : 'day'}-${shown.size}-${shown.language}-${shown.theme}`;
  const screen = await openScreen(browser, house.office, name, { ...shown, slow: Number(only.slow) });
  try {
    await screen.page.goto(house.office.base);
    await story(screen, house);
    assert.deepEqual(screen.problems, []);
    console.log(`${name}: ok`);
  } catch (error) {
    const picture = await screen.failed();
    console.error(`${name}: failed; the screen is in ${picture}\n${screen.problems.join('\n')}`);
    throw error;
  } finally {
    screens += screen.kept();
    await screen.close();
  }
}

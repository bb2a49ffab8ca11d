// Tills of an older version beside one of now: they agree through head office and without it, keep and hand on what they
// do not understand, and show it once they are updated. Head office is of now.
//   cargo xtask versions COMMIT
import { strict as assert } from 'node:assert';
import { createServer } from 'node:net';
import { startBridge } from './bridge.mjs';
import { close, command, serve, TENANT, Till } from './office-house.mjs';
import { operators, sale, until } from './story.mjs';

const tills = ['one', 'two', 'three'].map((name) => new Till(name));
const [one, two, three] = tills; // the second one is of now
const now = two.program;
for (const older of [one, three]) older.program = process.env.OLDER;
const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Toronto' }).format(new Date());
const goods = ['--line', `${sale.loaf.sku}=1`];
let ends = [];
/** how many entries the second and the third one had in common when they parted */
let agreed = 0;

try {
  command('tenant', 'add', TENANT, 'Corner Shops');
  command('store', 'add', TENANT, 'RDC', 'Rideau Corner');
  const house = await serve();
  one.run('init', '--tenant', TENANT, '--store', 'RDC', '--name', 'Rideau Corner', '--region', 'ON', '--register', '1', '--demo');
  for (const till of tills) {
    till.enrol(house.base, command('code', TENANT, 'RDC'));
    till.meet();
    till.run('shift', 'open', '--float', '200.00');
  }
  let cents = one.sells(20, 'morning') + two.sells(15, 'morning') + three.sells(15, 'morning');
  agreeThroughHeadOffice();
  same();
  agreed = two.entries();

  console.log('Head office is away from now on.');
  await house.stop();
  cents += two.sells(10, 'noon') + three.sells(10, 'noon');
  await whatOnlyTheNewerKnows();
  two.run('scan', sale.coffee.gtin);
  two.run('park', 'Blue coat');
  await agree();
  three.run('resume', 'Blue coat');
  await agree();
  assert.equal(refusal(two, 'resume', 'Blue coat'), 'unknown_cart');
  three.run('return', '--receipt', 'RDC2-1-3', ...goods);
  two.run('return', '--receipt', 'RDC3-1-2', ...goods);
  await agree();
  assert.equal(refusal(two, 'return', '--receipt', 'RDC2-1-3', ...goods), 'more_than_sold');
  assert.equal(refusal(three, 'return', '--receipt', 'RDC3-1-2', ...goods), 'more_than_sold');

  console.log('It is back.');
  await serve(house.address);
  agreeThroughHeadOffice();
  same();
  const [rows, fewer] = [proven(two), proven(one)];
  assert.equal(proven(three), fewer);
  assert.ok(fewer < rows, 'what they do not understand they do not show');

  console.log('The older ones are updated.');
  for (const till of tills) till.program = now;
  for (const till of tills) assert.equal(proven(till), rows, till.name);
  same();
  assert.deepEqual(one.day(day), { sales: 70, total: cents });
  console.log(`Three tills of two versions: 70 sales, ${(cents / 100).toFixed(2)}, to the cent.`);
} finally {
  for (const end of ends) await end();
  await close();
}

/** Twice: what one brings, another takes. */
function agreeThroughHeadOffice() {
  for (const till of [...tills, ...tills]) till.meet();
}

/** The second and the third one, over the shop's network. */
async function agree() {
  const ports = [await freePort(), await freePort()];
  const held = two.entries() + three.entries() - agreed;
  two.run('sync', 'neighbours', `127.0.0.1:${ports[1]}`);
  three.run('sync', 'neighbours', `127.0.0.1:${ports[0]}`);
  ends = [two.sync('--listen', `127.0.0.1:${ports[0]}`), three.sync('--listen', `127.0.0.1:${ports[1]}`)];
  await until('both hold the same', () => [two.entries(), three.entries()], [held, held]);
  agreed = held;
  for (const end of ends.splice(0)) await end();
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Somebody trains, and the drawer is counted, explained and handed over. */
async function whatOnlyTheNewerKnows() {
  const bridge = await startBridge('versions', { data: two.data });
  try {
    const all = await bridge.call('operators');
    const named = (name) => all.find((one) => one.name === name).id;
    const { name, pin } = operators.manager.en;
    const arrive = () => bridge.call('sign_in', { operator: named(name), pin });
    const pieces = [{ value: 2000, loose: 4, rolls: 0 }];
    await arrive();
    await bridge.call('begin_training', { approval: null });
    await bridge.call('end_training');
    await arrive();
    await bridge.call('hand_in', { pieces });
    await bridge.call('hand_over', { pieces, note: '', to: { operator: named('Supervisor'), pin: '3333' } });
  } finally {
    await bridge.stop();
  }
}

function refusal(till, ...args) {
  try {
    till.run(...args);
  } catch ({ stdout }) {
    return JSON.parse(stdout).refused.kind;
  }
  return null;
}

function same() {
  assert.equal(new Set(tills.map((till) => till.entries())).size, 1);
  assert.equal(new Set(tills.map((till) => JSON.stringify(till.day(day)))).size, 1);
}

/** How many rows its entries show; they have to be what its tables hold. */
function proven(till) {
  till.run('stock'); // an update is made when it is opened
  const { ok, findings, rows } = till.run('verify')[0];
  assert.ok(ok, JSON.stringify(findings));
  return rows;
}

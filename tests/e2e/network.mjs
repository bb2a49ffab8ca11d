// Three tills of a store and head office, each a process on a computer of its own: network namespaces with one switch
// between them. Nobody is told an address: the tills find each other by multicast. Cables are pulled without a word to
// either end, and programs are killed in the middle of a page. A PostgreSQL is there already; it takes root.
//   node tests/e2e/network.mjs
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './story.mjs';

const [STORE, SALES, KILLS] = ['RDC', 1500, 4]; // the demonstration's store
const folder = mkdtempSync(join(tmpdir(), 'comptoir-network-'));
const [certificate, key] = [join(folder, 'tls.pem'), join(folder, 'tls.key')];
const name = (what) => `c${process.pid}${what}`;
const address = (place) => `10.77.0.${place}`;
const OFFICE = address(100);
const ip = (line) => execFileSync('ip', line.split(' '), { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

try {
  ip(`netns add ${name('s')}`);
} catch (error) {
  console.log(`Left out: no network namespaces can be made here: ${error.stderr ?? error.message}`);
  process.exit(0);
}
process.env.COMPTOIR_TLS_CERTIFICATE = certificate;
process.env.COMPTOIR_TLS_KEY = key;
const { close, command, serve, Till, TENANT } = await import('./office-house.mjs');
let house = null;

/** A till on a computer of its own. */
class Register extends Till {
  constructor(number) {
    super(`register-${number}`, ['ip', 'netns', 'exec', name(number)]);
    this.number = number;
    this.stop = null;
  }
  plug(on) {
    ip(`-n ${name('s')} link set p${this.number} ${on ? 'up' : 'down'}`);
  }
  start() {
    this.stop = this.agree();
  }
  async end(signal) {
    await this.stop(signal);
    this.stop = null;
  }
}

const registers = [1, 2, 3].map((number) => new Register(number));
const [one, two, three] = registers;
const same = (value) => new Set(value).size === 1;
const all = () => registers.map((register) => register.entries());
const uplink = (on) => ip(`-n ${name('s')} link set office ${on ? 'up' : 'down'}`);

try {
  connect();
  const { base, day, ask } = await startHouse();
  let cents = 0;
  one.run('init', '--tenant', TENANT, '--store', STORE, '--name', 'Rideau Corner', '--region', 'ON', '--register', '1', '--demo');
  // who takes part is head office's word, which the first register hears before there are others
  for (const register of registers) {
    const code = command('code', TENANT, STORE);
    register.run('enrol', '--head-office', base, '--code', code, '--authority', certificate);
    register.meet();
    register.run('shift', 'open', '--float', '200.00');
  }

  console.log('No internet from now on: the tills find each other by themselves, also those that joined since one heard of it.');
  uplink(false);
  registers.forEach((register) => register.start());
  const neighbours = ({ contacts, head_office }) => contacts.filter(({ device }) => device !== head_office).length;
  for (const register of registers) {
    await until(`register ${register.number} has met both others`, () => neighbours(register.status()) >= 2, true, 90);
  }
  await until('all hold the same', () => same(all()), true, 60);
  for (const register of registers) await register.end();

  console.log('Sellers and takers are killed in the middle of what they send and take.');
  cents += one.sells(SALES, 'morning') + two.sells(SALES, 'morning');
  const whole = Math.max(one.entries(), two.entries()) + SALES;
  let midway = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = three.entries();
    if (before >= whole) break; // this machine is faster than the kills
    const [victim, others] = kill % 2 === 0 ? [three, [one, two]] : [one, [two, three]];
    [victim, ...others].forEach((register) => register.start());
    await until('entries are on their way', () => three.entries() > before, true, 60);
    await victim.end('SIGKILL');
    for (const register of others) await register.end('SIGKILL');
    if (three.entries() < whole) midway += 1;
  }
  assert.ok(midway > 0, 'not one of them was killed midway');
  registers.forEach((register) => register.start());
  await until('all hold the same', () => same(all()) && three.entries() >= whole, true, 120);

  console.log(`${midway} of ${KILLS} midway. The internet is back; head office is killed while it takes in.`);
  uplink(true);
  const taken = async () => (await ask()).sales;
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = await taken();
    await until('head office takes in', async () => (await taken()) > before || before === 2 * SALES, true, 90);
    await house.stop('SIGKILL');
    house = await serve(`${OFFICE}:${new URL(base).port}`);
    const after = await taken();
    assert.ok(after >= before, 'what was taken in is there');
    if (after < 2 * SALES) killed += 1;
  }
  assert.ok(killed > 0, 'it was never killed midway');
  await until('head office has every sale', taken, 2 * SALES, 120);

  console.log(`${killed} of ${KILLS} midway. A cable is pulled: nobody is told, lines stay open into nothing.`);
  one.plug(false);
  await two.end();
  cents += two.sells(5, 'noon');
  two.start();
  await until('head office has those', taken, 2 * SALES + 5, 120);
  await new Promise((later) => setTimeout(later, 5_000));
  assert.ok(one.entries() < two.entries(), 'register 1 knows nothing of it');
  one.plug(true);
  await until('register 1 has them as well', () => same(all()), true, 180);
  await one.end();
  cents += one.sells(5, 'evening');
  one.start();
  await until('everybody has those', async () => same(all()) && (await taken()) === 2 * SALES + 10, true, 120);

  for (const register of registers) await register.end();
  const expected = { sales: 2 * SALES + 10, total: cents };
  assert.deepEqual(await ask(), expected);
  for (const register of registers) {
    assert.deepEqual(register.day(day), expected, `register ${register.number}`);
    const { ok, findings } = register.run('verify')[0];
    assert.ok(ok, JSON.stringify(findings));
  }
  console.log(`Three tills and head office: ${expected.sales} sales, ${(cents / 100).toFixed(2)}, to the cent.`);
} finally {
  await close();
  for (const what of ['1', '2', '3', 's']) {
    try {
      ip(`netns del ${name(what)}`);
    } catch {
      // was not made
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/** A switch in a namespace of its own, with a cable to each till and one to head office, which is here. */
function connect() {
  const shop = name('s');
  ip(`-n ${shop} link add switch type bridge`);
  ip(`-n ${shop} link set switch up`);
  for (const { number } of registers) {
    ip(`netns add ${name(number)}`);
    ip(`-n ${name(number)} link set lo up`);
    ip(`-n ${shop} link add p${number} type veth peer name eth0 netns ${name(number)}`);
    ip(`-n ${shop} link set p${number} master switch up`);
    ip(`-n ${name(number)} addr add ${address(number)}/24 dev eth0`);
    ip(`-n ${name(number)} link set eth0 up`);
  }
  ip(`link add ${name('o')} type veth peer name office netns ${shop}`);
  ip(`-n ${shop} link set office master switch up`);
  ip(`addr add ${OFFICE}/24 dev ${name('o')}`);
  ip(`link set ${name('o')} up`);
}

/** Head office with a certificate of its own, and what it says of a day. */
async function startHouse() {
  const subject = ['-subj', `/CN=${OFFICE}`, '-addext', `subjectAltName=IP:${OFFICE}`];
  const form = ['-addext', 'basicConstraints=critical,CA:FALSE', '-days', '2', '-keyout', key, '-out', certificate];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, ...form], { stdio: 'ignore' });
  command('tenant', 'add', TENANT, 'Corner Shops');
  command('store', 'add', TENANT, STORE, 'Rideau Corner');
  const token = command('key', 'add', TENANT, 'the walk', '--scope', 'sales:read', '--per-minute', '100000').split(/\s+/).find((word) => word.length > 30);
  house = await serve(`${OFFICE}:0`);
  const base = `https://${house.address}`;
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Toronto' }).format(new Date());
  const ca = readFileSync(certificate);
  const asked = () =>
    new Promise((answered, failed) => {
      const options = { ca, headers: { Authorization: `Bearer ${token}` }, timeout: 5_000 };
      const call = request(`${base}/api/v1/reports/days?from=${day}&to=${day}`, options, (answer) => {
        let said = '';
        answer.on('error', failed);
        answer.on('data', (text) => (said += text));
        answer.on('end', () => {
          if (answer.statusCode !== 200) return failed(new Error(said));
          const [{ sales, total } = { sales: 0, total: 0 }] = JSON.parse(said).items;
          answered({ sales, total });
        });
      });
      call.on('timeout', () => call.destroy(new Error('it says nothing')));
      call.on('error', failed);
      call.end();
    });
  /** Nothing of a day without sales; asked until it answers. */
  const ask = () => until('head office answers', asked);
  return { base, day, ask };
}

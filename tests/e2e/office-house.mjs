// A real head office with a company of its own, and real tills in processes that sell and agree with it.
import { strict as assert } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outFolder, root, sale, target } from './story.mjs';

export const TENANT = 'DEMO';
const folder = mkdtempSync(join(tmpdir(), 'comptoir-office-'));
const key = join(folder, 'master.key');
writeFileSync(key, randomBytes(32).toString('base64'), { mode: 0o600 });
const env = { ...process.env, COMPTOIR_MASTER_KEY_FILE: key, COMPTOIR_PAGES: join(root, 'ui/dist-office') };
const program = join(target, 'debug/comptoir-head-office');
const running = new Set();

/** What head office answers on its command line. */
export const command = (...args) => execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Starts head office; on the same address again after it was stopped. */
export async function serve(listen = '127.0.0.1:0') {
  const child = started(spawn(program, ['serve'], { env: { ...env, COMPTOIR_LISTEN: listen }, stdio: ['ignore', 'ignore', 'pipe'] }));
  const log = createWriteStream(join(outFolder('logs'), 'head-office.log'), { flags: 'a' });
  child.stderr.pipe(log);
  const address = await new Promise((found, failed) => {
    let said = '';
    const late = setTimeout(() => failed(new Error(`head office did not listen within 60 s; it said: ${said}`)), 60_000);
    child.stderr.on('data', (text) => {
      said += text;
      const listening = /"message":"listening","address":"([^"]+)"/.exec(said)?.[1];
      if (listening) clearTimeout(late), found(listening);
    });
    child.once('exit', (code) => (clearTimeout(late), failed(new Error(`head office ended (${code}): ${said}`))));
  });
  return { base: `http://${address}`, address, stop: (signal) => ended(child, signal) };
}

/** A person with a password of their own. */
export function person(signIn, name, role, password) {
  const file = join(folder, 'password');
  writeFileSync(file, password, { mode: 0o600 });
  command('person', 'add', TENANT, signIn, name, '--role', role, '--password-file', file);
}

/** A till of a store, in a folder of its own. */
export class Till {
  /** `on` are words before its program, which say on which computer it runs */
  constructor(name, on = []) {
    this.data = join(folder, name);
    this.name = name;
    [this.program, ...this.words] = [...on, join(target, 'debug/tillctl')];
  }
  run(...args) {
    return this.ask(undefined, ...args);
  }
  ask(input, ...args) {
    const said = execFileSync(this.program, [...this.words, ...args, '--data', this.data], {
      encoding: 'utf8',
      input,
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return said.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }
  enrol(base, code) {
    return this.run('enrol', '--head-office', base, '--code', code);
  }
  /** Sells one basket; answers the sale. */
  sell(basket, lines) {
    const file = join(folder, `${this.name}-${basket}.jsonl`);
    writeFileSync(file, `${JSON.stringify({ basket, lines })}\n`);
    return this.run('sell', '--baskets', file)[0];
  }
  /** Sells a loaf so often, while it agrees with nobody; answers what they came to, in cents. */
  sells(count, basket) {
    const file = join(folder, `${this.name}-${basket}.jsonl`);
    const one = (n) => JSON.stringify({ basket: `${this.name}-${basket}-${n}`, lines: [{ sku: sale.loaf.sku }] });
    writeFileSync(file, Array.from({ length: count }, (_, n) => one(n)).join('\n') + '\n');
    const sold = this.run('sell', '--baskets', file);
    assert.equal(sold.length, count);
    return sold.reduce((sum, { total }) => sum + Math.round(Number(total) * 100), 0);
  }
  /** What it says of its company, and how many entries it has. */
  status() {
    return this.run('sync', 'status')[0];
  }
  entries = () => this.status().entries;
  /** How many sales it knows of a day, and what they came to, in cents. */
  day(day) {
    const { sales, total } = this.run('report', 'sales', '--day', day)[0];
    return { sales, total: Math.round(Number(total) * 100) };
  }
  /** Takes in products from rows of a CSV file. */
  imports(name, ...rows) {
    const file = join(folder, `${this.name}-${name}.csv`);
    writeFileSync(file, `${rows.join('\n')}\n`);
    return this.run('import', 'products', file);
  }
  /** Agrees once with whoever can be reached. */
  meet() {
    try {
      this.run('sync', '--once');
    } catch (error) {
      if (error.status !== 2) throw error; // some of them could not
    }
  }
  /** Agrees with head office and neighbours until it is stopped. */
  sync(...more) {
    return this.agree('--no-discovery', ...more);
  }
  /** The same, with whoever is found, too. */
  agree(...more) {
    const args = [...this.words, 'sync', '--data', this.data, ...more];
    const child = started(spawn(this.program, args, { stdio: ['pipe', 'pipe', 'pipe'] }));
    const log = createWriteStream(join(outFolder('logs'), `sync-${this.name}.log`), { flags: 'a' });
    child.stderr.pipe(log);
    child.stdout.pipe(log);
    return (signal) => ended(child, signal);
  }
}

function started(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function ended(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}

/** Ends all that was started here, and forgets it. */
export async function close() {
  await Promise.all([...running].map((child) => ended(child)));
  rmSync(folder, { recursive: true, force: true });
}

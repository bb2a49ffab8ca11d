// The window with 100,000 SKUs against an empty window of the same size: time until one can sell, and memory.
//   xvfb-run -a dbus-run-session -- node benches/window.mjs [--head] [--runs 7]
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { target, until } from '../tests/e2e/story.mjs';
import { Window } from '../tests/e2e/webdriver.mjs';

const { values: option } = parseArgs({
  options: { head: { type: 'boolean' }, runs: { type: 'string', default: '7' } },
});
const SKUS = 100_000;
const PIN = '1234';
const folder = mkdtempSync(join(tmpdir(), 'comptoir-bench-'));
const data = join(folder, 'store');

try {
  console.error(`window: a store with ${SKUS.toLocaleString('en')} SKUs …`);
  stock();
  const [till, empty] = [[], []];
  for (let run = 0; run <= Number(option.runs); run += 1) {
    const pair = [await emptyWindow(), await comptoir()];
    if (run === 0) continue; // the first run fills the machine's caches
    empty.push(pair[0]);
    till.push(pair[1]);
    console.error(`window ${run}: ${JSON.stringify({ till: pair[1], empty: pair[0] })}`);
  }
  const of = (runs, what) => median(runs.map((run) => run[what]));
  const ms = (value) => `${Math.round(value)} ms`;
  const mb = (value) => `${Math.round(value)} MB`;
  const row = (work, took, floor, most, unit) =>
    console.log(`| ${work} | ${unit(took)} | ${unit(floor)} | ${(took / floor).toFixed(2)}× | ${most} |`);
  if (option.head) console.log('| work | took | floor | ratio | at most |\n|---|---|---|---|---|');
  const [start, signIn, shown] = [of(till, 'start'), of(till, 'sign_in'), of(empty, 'start')];
  row('start until one can sell, 100,000 SKUs (floor: an empty window)', start + signIn, shown, '1.5×', ms);
  row('… of that, until one can sign in', start, shown, '', ms);
  row('memory of all processes at the sell screen', of(till, 'memory'), of(empty, 'memory'), '1.3×', mb);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function stock() {
  const file = join(folder, 'products.csv');
  const rows = ['sku,name,name_fr,gtin,department,price,unit,tax_category'];
  for (let n = 0; n < SKUS; n += 1) {
    const price = `${(n % 90) + 1}.${String(n % 100).padStart(2, '0')}`;
    rows.push(`S${n},Article ${n},Article ${n},${gtin(n)},dept ${n % 20},${price},each,standard`);
  }
  writeFileSync(file, rows.join('\n') + '\n');
  const tillctl = (line, ...more) => {
    const args = [...line.split(' '), '--data', data, ...more];
    return execFileSync(join(target, 'release/tillctl'), args, { input: PIN, stdio: ['pipe', 'ignore', 'inherit'] });
  };
  tillctl('init --tenant bench --store BENCH --region ON --register 1', '--name', 'Bench');
  tillctl('import products', file);
  tillctl('operator add --role manager --name Bench');
  tillctl('shift open --float 200');
}

function gtin(n) {
  const body = `0627${String(n).padStart(7, '0')}`;
  const sum = [...body].reduce((sum, digit, place) => sum + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return body + ((10 - (sum % 10)) % 10);
}

/** A program's window, and how long it was from the start of its process to the first paint. */
async function open(program, args) {
  const [began, application, binary] = [join(folder, 'began'), join(folder, 'run'), join(target, 'release', program)];
  writeFileSync(application, `#!/bin/sh\ndate +%s%N > ${began}\nexec ${binary} "$@"\n`);
  chmodSync(application, 0o755);
  const window = await Window.open({ data, name: 'bench', application, args });
  const paint = `const [first] = performance.getEntriesByName('first-contentful-paint');
    return first ? performance.timeOrigin + first.startTime : null`;
  const painted = await until('something is painted', () => window.run(paint));
  return { window, start: painted - Number(readFileSync(began, 'utf8')) / 1e6, pid: processOf(binary) };
}

async function emptyWindow() {
  const { window, start, pid } = await open('empty-window', []);
  try {
    await settled();
    return { start, memory: memory(pid) };
  } finally {
    await window.close();
  }
}

/** The first thing painted is the sign-in screen: the page shows nothing before the engine has answered. */
async function comptoir() {
  const { window, start, pid } = await open('comptoir', ['--data', data]);
  try {
    await window.shown('pin-dots');
    await window.clickText('[data-testid^="operator-"]', 'Bench');
    await window.type(PIN);
    await until('the PIN is typed', () => window.attribute('pad-enter', 'disabled'), null);
    // from the sign-in key, which follows the last digit, until the goods are painted and can be sold
    await window.run(`window.bench = { entered: performance.now() };
      const look = () => {
        if (document.querySelector('[data-testid=pay]') && document.querySelector('[data-testid^=tile-]'))
          requestAnimationFrame(() => setTimeout(() => (bench.selling = performance.now())));
        else requestAnimationFrame(look);
      };
      look();
      document.querySelector('[data-testid=pad-enter]').click();`);
    const signIn = await until('one can sell', () => window.run('return bench.selling && bench.selling - bench.entered'));
    await settled();
    return { start, sign_in: signIn, memory: memory(pid) };
  } finally {
    await window.close();
  }
}

function settled() {
  return new Promise((done) => setTimeout(done, 2_000));
}

function processOf(binary) {
  const pids = readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/exe`) === binary;
    } catch {
      return false;
    }
  });
  return pids[0];
}

/** Proportional set size of a process and all it started, in MB. */
function memory(pid) {
  const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return children.reduce((sum, child) => sum + memory(child), Number(pss[1]) / 1024);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

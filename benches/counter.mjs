// The counter of a window with 100,000 SKUs: from a key or a scan to the painted line, and to every other place.
//   xvfb-run -a dbus-run-session -- node benches/counter.mjs [--head] [--runs 3] [--samples 300]
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plugInPrinter, plugInScanner } from './devices.mjs';
import { head, line, median, ms, share } from './figures.mjs';
import { inPage, open, sellingScreen, seconds } from './opened.mjs';
import { watchForPauses } from './pauses.mjs';
import { gtin, tillctl, withShop } from './shop.mjs';

const { values: option } = parseArgs({
  options: {
    head: { type: 'boolean' },
    runs: { type: 'string', default: '3' },
    samples: { type: 'string', default: '300' },
  },
});
const RUNS = Number(option.runs);
/** lines of the cart while it is measured, and how many more come before it is filled anew */
const [FROM, MORE] = [90, 20];
const SAMPLES = Math.ceil(Number(option.samples) / RUNS / MORE) * MORE;
const ROUNDS = Math.ceil(20 / RUNS);
const LOOKS = Math.ceil(25 / RUNS);
const SALES = 2_000;

// The till paints plainly where there is no graphics processor; so does what it is measured against.
if (!existsSync('/dev/dri')) process.env.WEBKIT_DISABLE_DMABUF_RENDERER ??= '1';

/** by what was done: how long each took, from when to when */
const took = new Map();
const keep = (what, values) => took.set(what, [...(took.get(what) ?? []), ...values]);
const pauses = watchForPauses();
let codes = 0;
/** a code that was not in a cart yet */
const next = () => gtin((codes += 1));
const some = (count) => Array.from({ length: count }, next);

await withShop(async (shop) => {
  sellBefore(shop);
  const [printer, scanner] = [await plugInPrinter(shop), await plugInScanner(shop)];
  try {
    for (let run = 1; run <= RUNS; run += 1) {
      console.error(`counter: run ${run} of ${RUNS} …`);
      keep('floor', await emptyWindow(shop));
      await till(shop, scanner);
    }
  } finally {
    scanner.unplug();
    printer.unplug();
  }
});
show(await pauses.stop());

/** What the journal and the reports have to look through. */
function sellBefore(shop) {
  const file = join(shop.folder, 'baskets.jsonl');
  const basket = (n) => ({
    basket: `before-${n}`,
    lines: [0, 1, 2].map((one) => ({ gtin: gtin((n * 7 + one) % 9_000) })),
  });
  writeFileSync(file, Array.from({ length: SALES }, (_, n) => JSON.stringify(basket(n))).join('\n') + '\n');
  tillctl(shop, 'sell --baskets', file);
}

/** A line of text that is painted when a key is pressed. */
async function emptyWindow(shop) {
  const { window } = await open(shop, 'empty-window');
  try {
    const { painted } = await inPage(window, 'meter.js');
    await painted('addEventListener("keydown", () => (document.querySelector("p").textContent += "a"))');
    const times = [];
    while (times.length < SAMPLES) {
      times.push(
        ...(await painted(`return meter.many(${MORE}, () => meter.time(() => meter.press("a"), () => true))`)),
      );
    }
    return times;
  } finally {
    await window.close();
  }
}

async function till(shop, scanner) {
  const { window } = await open(shop, 'comptoir');
  try {
    await sellingScreen(window);
    const { painted } = await inPage(window, 'meter.js', 'places.js');
    await seconds(2);
    await places(painted);
    for (let done = 0; done < SAMPLES; done += MORE) {
      await painted('await meter.fill(args[0])', some(FROM));
      keep('scan', await painted('return meter.each(args[0], meter.scan)', some(MORE)));
      await painted('await meter.fill(args[0])', some(FROM));
      keep('serial', await overTheWire(painted, scanner, some(MORE)));
      await painted('await meter.fill(args[0])', some(FROM));
      keep('quantity', await painted(`return meter.many(${MORE}, meter.oneMore)`));
      await typed(painted);
    }
    for (let done = 0; done < LOOKS; done += 5) {
      const { language, theme } = await painted('return meter.looks(5)');
      keep('language', language);
      keep('theme', theme);
    }
  } finally {
    await window.close();
  }
}

async function places(painted) {
  await painted(
    'await meter.scan(args[0]); meter.press("F6"); await meter.until(() => meter.at("park-confirm")); meter.at("park-confirm").click()',
    next(),
  );
  await painted('await meter.until(() => meter.at("empty-cart"))');
  for (let round = 0; round <= ROUNDS; round += 1) {
    const opened = await painted('return meter.round(args[0])', next());
    for (const [place, time] of Object.entries(opened)) keep(`${round === 0 ? 'first' : 'later'} ${place}`, [time]);
  }
}

async function overTheWire(painted, scanner, these) {
  const times = [];
  for (const [n, code] of these.entries()) {
    await painted(`meter.expectLine(); await meter.pause(${150 + ((n * 7) % 17)})`);
    const from = scanner.scan(code);
    const to = await painted('return meter.line()');
    times.push({ took: to - from, from, to });
  }
  return times;
}

async function typed(painted) {
  const articles = Array.from({ length: MORE }, () => String(20_000 + (codes += 1)));
  for (const half of [articles.slice(0, MORE / 2), articles.slice(MORE / 2)]) {
    const pairs = await painted('return meter.each(args[0], (n) => meter.search(n, n))', half);
    keep(
      'hits',
      pairs.map(([hits]) => hits),
    );
    keep(
      'found',
      pairs.map(([, found]) => found),
    );
  }
}

/**
 * Every line says what all samples came to, and after it, where some fell into a pause of the machine, how many, and
 * the p99 of the others: the first is what a cashier of this machine saw, the second what the program is to blame for.
 */
function show({ count, longest }) {
  if (option.head) head();
  const floor = took.get('floor').map((one) => one.took);
  const of = (samples) => {
    const all = samples.map((one) => one.took);
    const own = samples.filter(({ from, to }) => pauses.during(from, to) === 0).map((one) => one.took);
    const said = `${ms(median(all))} median, ${ms(share(all, 0.99))} p99`;
    const paused = all.length - own.length;
    if (paused === 0 || own.length === 0) return said;
    return `${said}; without ${paused} of ${all.length} that fell into a pause ${ms(share(own, 0.99))} p99`;
  };
  const ofFloor = of(took.get('floor'));
  const row = (work, what, most) => {
    const times = (median(took.get(what).map((one) => one.took)) / median(floor)).toFixed(1);
    line(work, of(took.get(what)), ofFloor, `${times}×`, most);
  };
  row(`scan by keyboard → painted line, cart of ${FROM} to ${FROM + MORE} lines`, 'scan', 'p99 50 ms');
  row('scan over a serial line → painted line', 'serial', 'p99 50 ms');
  row('search: last letter → painted hits', 'hits', 'p99 50 ms');
  row('search: Enter → painted line', 'found', 'p99 50 ms');
  row('one more of a line → painted', 'quantity', 'p99 50 ms');
  row('language → painted', 'language', '100 ms');
  row('theme → painted', 'theme', '100 ms');
  for (const when of ['first', 'later']) {
    const all = [...took.keys()].filter((what) => what.startsWith(`${when} `));
    const worst = (what) => took.get(what).reduce((a, b) => (b.took > a.took ? b : a));
    const last = all.reduce((a, b) => (worst(b).took > worst(a).took ? b : a));
    const { took: most, from, to } = worst(last);
    const every = all.flatMap((what) => took.get(what).map((one) => one.took));
    const paused = pauses.during(from, to);
    const place = last.slice(when.length + 1) + (paused > 0 ? `, ${ms(paused)} of it a pause` : '');
    line(
      `any place opened, ${when === 'first' ? 'for the first time' : 'again'} → painted`,
      `${ms(median(every))} median, ${ms(most)} worst (${place})`,
      ofFloor,
      '',
      '150 ms',
    );
    for (const what of all) console.error(`${what}: ${of(took.get(what))}, worst ${ms(worst(what).took)}`);
  }
  for (const [what, samples] of took) {
    for (const [n, { took: time, from, to }] of samples.entries()) {
      if (time <= 50 || what.includes(' ')) continue;
      console.error(`${what} ${n + 1}: ${ms(time)}, of which the machine stood still ${ms(pauses.during(from, to))}`);
    }
  }
  console.error(`the machine stood still ${count} times, for ${ms(longest)} at most`);
}

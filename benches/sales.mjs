// 2,000 sales in a row through one window with 100,000 SKUs: what it holds after 200, 1,000 and 2,000 of them.
//   xvfb-run -a dbus-run-session -- node benches/sales.mjs [--head] [--sales 2000]
import { parseArgs } from 'node:util';
import { plugInPrinter } from './devices.mjs';
import { head, line, mb } from './figures.mjs';
import { inPage, memories, open, seconds, sellingScreen } from './opened.mjs';
import { gtin, SKUS, withShop } from './shop.mjs';

const { values: option } = parseArgs({
  options: { head: { type: 'boolean' }, sales: { type: 'string', default: '2000' } },
});
const SALES = Number(option.sales);
const LOOKS = [SALES / 10, SALES / 2, SALES];
const LINES = 5;
/** sales between two answers of the page */
const BATCH = 10;

await withShop(async (shop) => {
  const printer = await plugInPrinter(shop);
  const { window, pid } = await open(shop, 'comptoir');
  try {
    await sellingScreen(window);
    const { painted } = await inPage(window, 'meter.js');
    const seen = [];
    const began = Date.now();
    for (let sales = 0; sales < SALES;) {
      await painted('for (const codes of args[0]) await meter.sell(codes)', baskets(sales));
      sales += BATCH;
      if (LOOKS.includes(sales)) seen.push(await held(window, pid, sales));
    }
    console.error(`${((Date.now() - began) / SALES).toFixed(0)} ms a sale`);
    show(seen);
  } finally {
    await window.close();
    printer.unplug();
  }
});

function baskets(from) {
  const code = (sale, place) => gtin(((from + sale) * 37 + place * 101) % SKUS);
  return Array.from({ length: BATCH }, (_, sale) => Array.from({ length: LINES }, (_, place) => code(sale, place)));
}

/** What the window holds once it has had time to let go of what it does not need. */
async function held(window, pid, sales) {
  await seconds(15);
  const processes = memories(pid);
  const memory = processes.reduce((sum, { own }) => sum + own, 0);
  const nodes = await window.run('return document.querySelectorAll("*").length');
  const each = processes.map(({ name, own }) => `${name} ${mb(own)}`).join(', ');
  console.error(`after ${sales} sales: ${mb(memory)} (${each}), ${nodes} elements`);
  return { memory, nodes };
}

function show([first, warm, last]) {
  if (option.head) head();
  const grown = (last.memory / warm.memory).toFixed(2);
  const work = `memory after ${SALES.toLocaleString('en')} sales in a row (floor: after half of them)`;
  line(work, mb(last.memory), `${mb(warm.memory)} (${mb(first.memory)} after ${SALES / 10})`, `${grown}×`, '1.05×');
  line('… elements in the page', last.nodes, first.nodes, `${(last.nodes / first.nodes).toFixed(2)}×`, '');
}

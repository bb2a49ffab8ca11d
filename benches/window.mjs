// The window with 100,000 SKUs against an empty window of the same size: time until one can sell, and memory.
//   xvfb-run -a dbus-run-session -- node benches/window.mjs [--head] [--runs 7]
import { parseArgs } from 'node:util';
import { until } from '../tests/e2e/story.mjs';
import { head, mb, median, ms, ratio } from './figures.mjs';
import { memory, open, seconds, typePin } from './opened.mjs';
import { withShop } from './shop.mjs';

const { values: option } = parseArgs({
  options: { head: { type: 'boolean' }, runs: { type: 'string', default: '7' } },
});

await withShop(async (shop) => {
  const [till, empty] = [[], []];
  for (let run = 0; run <= Number(option.runs); run += 1) {
    const pair = [await emptyWindow(shop), await comptoir(shop)];
    if (run === 0) continue; // the first run fills the machine's caches
    empty.push(pair[0]);
    till.push(pair[1]);
    console.error(`window ${run}: ${JSON.stringify({ till: pair[1], empty: pair[0] })}`);
  }
  const of = (runs, what) => median(runs.map((run) => run[what]));
  if (option.head) head();
  const [start, signIn, shown] = [of(till, 'start'), of(till, 'sign_in'), of(empty, 'start')];
  ratio('start until one can sell, 100,000 SKUs (floor: an empty window)', start + signIn, shown, '1.5×', ms);
  ratio('… of that, until one can sign in', start, shown, '', ms);
  ratio('memory of all processes at the sell screen', of(till, 'memory'), of(empty, 'memory'), '1.3×', mb);
});

async function emptyWindow(shop) {
  const { window, start, pid } = await open(shop, 'empty-window');
  try {
    await seconds(2);
    return { start, memory: memory(pid) };
  } finally {
    await window.close();
  }
}

/** The first thing painted is the sign-in screen: the page shows nothing before the engine has answered. */
async function comptoir(shop) {
  const { window, start, pid } = await open(shop, 'comptoir');
  try {
    await typePin(window);
    // from the sign-in key, which follows the last digit, until the goods are painted and can be sold
    await window.run(`window.bench = { entered: performance.now() };
      const look = () => {
        if (document.querySelector('[data-testid=pay]') && document.querySelector('[data-testid^=tile-]'))
          requestAnimationFrame(() => setTimeout(() => (bench.selling = performance.now())));
        else requestAnimationFrame(look);
      };
      look();
      document.querySelector('[data-testid=pad-enter]').click();`);
    const signIn = await until('one can sell', () =>
      window.run('return bench.selling && bench.selling - bench.entered'),
    );
    await seconds(2);
    return { start, sign_in: signIn, memory: memory(pid) };
  } finally {
    await window.close();
  }
}

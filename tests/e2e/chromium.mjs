// Stories in Chromium against the real engine: both languages, both themes and both sizes, every two of them together,
// and the smaller one at 200 % in French. Every screen is kept as a picture and looked over by axe, under the page's own
// content policy.
//   node tests/e2e/chromium.mjs [--story shift] [--language en] [--theme light] [--size 1366x768] [--all] [--slow 400]
// Whatever look is asked for is walked, and with --all each of the nine. With --slow an engine's answers come late, each by up
// to so many milliseconds: a hand, and what the engine tells by itself, are faster.
import { strict as assert } from 'node:assert';
import { parseArgs } from 'node:util';
import { startBridge } from './bridge.mjs';
import * as catalogue from './chromium/catalogue.mjs';
import * as demo from './chromium/demo.mjs';
import * as firstRun from './chromium/first-run.mjs';
import * as keys from './chromium/keys.mjs';
import * as office from './chromium/office.mjs';
import * as returns from './chromium/returns.mjs';
import * as shift from './chromium/shift.mjs';
import * as touch from './chromium/touch.mjs';
import * as training from './chromium/training.mjs';
import { openBrowser, openScreen } from './page.mjs';

// The longest first: it would be waited for alone.
const stories = [shift, office, returns, catalogue, training, keys, touch, firstRun, demo];
/** A walk mostly waits, for a hand that types, a terminal that is gone and what is painted. */
const AT_A_TIME = 3;
const { values: only } = parseArgs({
  options: {
    story: { type: 'string' },
    language: { type: 'string' },
    theme: { type: 'string' },
    size: { type: 'string' },
    all: { type: 'boolean' },
    slow: { type: 'string', default: '0' },
  },
});
const every = only.all || only.language || only.theme || only.size;

const walks = stories.flatMap((story) =>
  ['1366x768', '1920x1080', 'zoomed'].flatMap((size) =>
    ['en', 'fr'].flatMap((language) => ['light', 'dark'].map((theme) => ({ story, look: { size, language, theme } }))),
  ),
);
const wanted = walks.filter(({ story, look: { size, language, theme } }) => {
  if ((only.size ?? size) !== size || (only.language ?? language) !== language) return false;
  if ((only.theme ?? theme) !== theme || (only.story ?? story.name) !== story.name) return false;
  // at 200 % the longer words are enough
  if (size === 'zoomed') return theme === 'light' && language === 'fr';
  // what is about hands is the same in a larger window
  if (!every && story.hands && size !== '1366x768') return false;
  // of three things with two values each, four looks hold every pair
  return every || [size === '1920x1080', language === 'fr', theme === 'dark'].filter(Boolean).length % 2 === 0;
});
assert.ok(wanted.length > 0, 'there is no such story');

let screens = 0;
const waiting = [...wanted];
await Promise.all(Array.from({ length: AT_A_TIME }, lane));
console.log(`${wanted.length} walks in Chromium; axe found nothing on ${screens} screens`);

/** One walk after the other in a browser of its own, until there are no more or one has failed. */
async function lane() {
  const browser = await openBrowser();
  try {
    for (let next = waiting.shift(); next; next = waiting.shift()) await walk(browser, next.story, next.look);
  } catch (error) {
    waiting.length = 0;
    throw error;
  } finally {
    await browser.close();
  }
}

async function walk(browser, story, look) {
  const name = `${look.size}-${look.language}-${look.theme}`;
  const bridge = await startBridge(`${story.name}-${name}`, story);
  const screen = await openScreen(browser, bridge, name, { ...look, touch: story.touch, slow: Number(only.slow) });
  try {
    await screen.page.goto(bridge.base);
    await story.run(screen);
    assert.deepEqual(screen.problems, []);
    console.log(`${story.name} ${name}: ok`);
  } catch (error) {
    const picture = await screen.failed();
    console.error(`${story.name} ${name}: failed; the screen is in ${picture}\n${screen.problems.join('\n')}`);
    throw error;
  } finally {
    screens += screen.kept();
    await screen.close();
    await bridge.stop();
  }
}

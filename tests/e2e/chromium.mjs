// Stories in Chromium against the real engine: both languages, both themes, both sizes, and the smaller one at 200 %
// in French. Every screen is kept as a picture and looked over by axe, under the page's own content policy.
//   node tests/e2e/chromium.mjs [--story shift] [--language en] [--theme light] [--size 1366x768]
import { strict as assert } from 'node:assert';
import { parseArgs } from 'node:util';
import { startBridge } from './bridge.mjs';
import * as catalogue from './chromium/catalogue.mjs';
import * as firstRun from './chromium/first-run.mjs';
import * as office from './chromium/office.mjs';
import * as returns from './chromium/returns.mjs';
import * as shift from './chromium/shift.mjs';
import { chromium, openScreen } from './page.mjs';

const stories = [firstRun, shift, returns, catalogue, office];
const { values: only } = parseArgs({
  options: {
    story: { type: 'string' },
    language: { type: 'string' },
    theme: { type: 'string' },
    size: { type: 'string' },
  },
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});

let [walks, screens] = [0, 0];
try {
  for (const story of stories) {
    for (const size of ['1366x768', '1920x1080', 'zoomed']) {
      for (const language of ['en', 'fr']) {
        for (const theme of ['light', 'dark']) {
          if ((only.size ?? size) !== size || (only.language ?? language) !== language) continue;
          // at 200 % the longer words are enough
          if (size === 'zoomed' && (theme === 'dark' || language === 'en')) continue;
          if ((only.theme ?? theme) !== theme || (only.story ?? story.name) !== story.name) continue;
          await walk(story, { size, language, theme });
          walks += 1;
        }
      }
    }
  }
} finally {
  await browser.close();
}
assert.ok(walks > 0, 'there is no such story');
console.log(`${walks} walks in Chromium; axe found nothing on ${screens} screens`);

async function walk(story, look) {
  const name = `${look.size}-${look.language}-${look.theme}`;
  const bridge = await startBridge(`${story.name}-${name}`, story);
  const screen = await openScreen(browser, bridge, name, look);
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

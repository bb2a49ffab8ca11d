// Runs inside the till's page after meter.js: how one gets to every place, and what stands there once it is open.
(() => {
  const { at, pause, press, scan, sell, time } = window.meter;
  const key = (name) => () => press(name);
  const click = (id) => () => at(id).click();

  /** From a cart with a line: what opens, how, and by what one knows that it is there. */
  const beforePaying = [
    ['More', key('F1'), '[data-testid=sheet]'],
    ['', key('Escape')],
    ['parked carts', key('F7'), '[data-testid=sheet] [data-testid^=parked-]'],
    ['', key('Escape')],
    ['pay', key('F12'), '[data-testid=complete]'],
    ['', key('Escape')],
  ];
  /** From an empty cart. */
  const betweenCustomers = [
    ['returns', key('F9'), '[data-testid^=found-]'],
    ['', key('Escape')],
    ['', key('F1')],
    ['journal', click('sheet-journal'), '[data-testid=detail]'],
    ['close shift', click('rail-close'), '[data-testid=counted]'],
    ['', key('Escape')],
    ['', key('F1')],
    ['', click('sheet-journal')],
    ['catalogue', click('rail-catalogue'), '[data-testid=product-archive]'],
    ['import', click('import'), '[data-testid=import-choose]'],
    ['', key('Escape')],
    ['reports', click('rail-reports'), '[data-testid=report-net]'],
    ['operators', click('rail-people'), '[data-testid^=person-]:not([data-testid=person-add])'],
    ['devices', click('rail-devices'), '[data-testid=device-detail]'],
    ['settings', click('rail-settings'), '[data-testid=settings-store] input'],
    ['sell', click('rail-sell'), '[data-testid=pay]'],
  ];

  async function walk(steps, took) {
    for (const [name, act, shown] of steps) {
      await pause(250);
      if (name) took[name] = await time(act, () => document.querySelector(shown));
      else act();
    }
  }

  /** Opens every place once; answers what each took. */
  async function round(code) {
    const took = {};
    await scan(code);
    await walk(beforePaying, took);
    await sell([]);
    await walk(betweenCustomers, took);
    await pause(250);
    return took;
  }

  /** Changes language and theme there and back, from More, beside the cart that there is. */
  async function looks(rounds) {
    const took = { language: [], theme: [] };
    const root = document.documentElement;
    press('F1');
    const before = document.querySelector('[data-testid^=theme-][aria-pressed=true]');
    for (let n = 0; n < rounds; n += 1) {
      for (const language of ['fr', 'en']) {
        await pause(300);
        const before = at('pay').textContent;
        took.language.push(await time(click(`set-${language}`), () => at('pay').textContent !== before));
      }
      for (const theme of ['dark', 'light']) {
        await pause(300);
        took.theme.push(await time(click(`theme-${theme}`), () => root.dataset.theme === theme));
      }
    }
    before.click(); // the window remembers it
    press('Escape');
    return took;
  }

  Object.assign(window.meter, { round, looks });
})();

// Runs inside a window's page: what hands and scanners do, and the milliseconds until it is painted.
(() => {
  const at = (id) => document.querySelector(`[data-testid="${id}"]`);
  const pause = (time) => new Promise((done) => setTimeout(done, time));

  // One channel for all: WebKit asks after every port that was not closed, thousands of times a second.
  const { port1, port2 } = new MessageChannel();
  const waiting = [];
  port1.onmessage = () => waiting.shift()(performance.now());

  /** When the next frame has been painted: a task after its callbacks, on the page's clock. */
  function painted(done) {
    requestAnimationFrame(() => {
      waiting.push(done);
      port2.postMessage(null);
    });
  }

  /** When that is painted which is there as soon as the page changes so that `shown` holds. */
  function seen(shown) {
    return new Promise((done) => {
      const look = new MutationObserver(() => {
        if (!shown()) return;
        look.disconnect();
        painted(done);
      });
      look.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
  }

  /** Holds as soon as the page changes, or already. */
  async function until(shown) {
    if (!shown()) await seen(shown);
  }

  /** What took its time, in milliseconds: how long, and from when to when on the wall clock. */
  function taken(began, ended) {
    const { timeOrigin } = performance;
    return { took: ended - began, from: timeOrigin + began, to: timeOrigin + ended };
  }

  /** From doing something to its paint. */
  async function time(act, shown) {
    const when = seen(shown);
    const began = performance.now();
    act();
    return taken(began, await when);
  }

  /** A key goes down and up where the focus is, and does there what the browser would let it do. */
  function press(key, time) {
    const on = document.activeElement ?? document.body;
    const stroke = { key, code: /^\d$/.test(key) ? `Digit${key}` : key, bubbles: true, cancelable: true };
    const down = new KeyboardEvent('keydown', stroke);
    if (time !== undefined) Object.defineProperty(down, 'timeStamp', { value: time });
    const meant = on.dispatchEvent(down);
    if (meant && on instanceof HTMLInputElement && key.length === 1) document.execCommand('insertText', false, key);
    else if (meant && on instanceof HTMLButtonElement && key === 'Enter') on.click();
    on.dispatchEvent(new KeyboardEvent('keyup', stroke));
  }

  /** A scanner that types: a key every 5 ms by its own clock, then Enter. Answers when Enter was due. */
  async function wedge(code) {
    const began = performance.now();
    const keys = [...code, 'Enter'];
    for (const [place, key] of keys.entries()) {
      const due = began + place * 5;
      while (performance.now() < due) await pause(due - performance.now());
      press(key, due);
    }
    return began + (keys.length - 1) * 5;
  }

  const lastLine = () => at('lines')?.lastElementChild?.dataset.line;
  const isNewLine = () => {
    const before = lastLine();
    return () => lastLine() !== before;
  };

  /** From the Enter of a scan to the frame with its line. */
  async function scan(code) {
    const when = seen(isNewLine());
    const entered = await wedge(code);
    return taken(entered, await when);
  }

  /** Types words into the search, as a hand does: from the last letter to the hits, from Enter to the line. */
  async function search(text, hit) {
    press('F2');
    for (const letter of text.slice(0, -1)) {
      press(letter);
      await pause(50);
    }
    const hits = () => document.querySelector('[role=option]')?.textContent.includes(hit);
    const found = await time(() => press(text.at(-1)), hits);
    await pause(60);
    return [found, await time(() => press('Enter'), isNewLine())];
  }

  /** One more of the chosen line. */
  function oneMore() {
    const quantity = () => document.querySelector('.chosen .quantity').textContent;
    const before = quantity();
    return time(
      () => press('+'),
      () => quantity() !== before,
    );
  }

  /** The line of a scan that comes by itself; `line()` answers when it was painted, on the wall clock. */
  function expectLine() {
    const when = seen(isNewLine());
    window.meter.line = async () => performance.timeOrigin + (await when);
  }

  /** Empties the cart and fills it with codes, past the window, which learns of it with its next line. */
  async function fill(codes) {
    const { invoke } = window.__TAURI_INTERNALS__;
    await invoke('void_cart', { reason: 'other' }).catch(() => {});
    for (const code of codes.slice(0, -1)) await invoke('scan', { code });
    await scan(codes.at(-1));
    await pause(300);
  }

  /** A customer: codes are scanned, paid in cash to the cent, and the next one may come. */
  async function sell(codes) {
    for (const code of codes) await scan(code);
    press('F12');
    await until(() => at('complete'));
    document.querySelector('[data-testid^="quick-"]').click();
    await until(() => at('complete')?.disabled === false);
    press('Enter');
    await until(() => at('next'));
    press('Enter');
    await until(() => at('empty-cart'));
  }

  /** One after the other, each at another moment of a frame. */
  async function each(list, measure) {
    const times = [];
    for (const [n, one] of list.entries()) {
      await pause(180 + ((n * 7) % 17));
      times.push(await measure(one));
    }
    return times;
  }
  const many = (count, measure) => each([...Array(count).keys()], () => measure());

  window.meter = { at, pause, until, time, press, scan, search, oneMore, expectLine, fill, sell, each, many };
})();

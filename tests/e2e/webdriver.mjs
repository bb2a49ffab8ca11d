// The part of W3C WebDriver that these tests use, over fetch, and the window it drives.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, outFolder, target, until } from './story.mjs';

/** How often a window is opened until its driver hears of it, and how long it may take each time. */
const [ATTEMPTS, A_MINUTE] = [3, 60_000];
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const KEYS = {
  Enter: '\ue007',
  Escape: '\ue00c',
  Backspace: '\ue003',
  Delete: '\ue017',
  ArrowUp: '\ue013',
  ArrowDown: '\ue015',
  F1: '\ue031',
  F2: '\ue032',
  F3: '\ue033',
  F4: '\ue034',
  F5: '\ue035',
  F6: '\ue036',
  F7: '\ue037',
  F8: '\ue038',
  F9: '\ue039',
  F10: '\ue03a',
  F12: '\ue03c',
};

/** The program's window, driven through tauri-driver. */
export class Window {
  /** Opens the program on a store; the demonstration's, unless told otherwise. */
  static async open({ data, name, width = 1366, height = 768, application, args }) {
    application ??= join(target, 'debug/comptoir');
    args ??= ['--demo', '--data', data];
    for (let attempt = 1; ; attempt += 1) {
      const window = await Window.#drive(data, name);
      try {
        await window.#begin({ application, args });
        await window.#ask('POST', '/window/rect', { width, height }).catch(() => {});
        return window;
      } catch (error) {
        await window.close();
        // Now and then WebKit's driver does not hear of a window that is there. A program without one has failed.
        if (error.name !== 'TimeoutError' || !window.#said.includes('page loaded') || attempt === ATTEMPTS) {
          console.error(window.#said);
          throw error;
        }
        console.error(`${name}: the driver did not hear of the window that is there; attempt ${attempt} of ${ATTEMPTS}`);
      }
    }
  }
  static async #drive(data, name) {
    const [port, native] = await freePorts(2);
    const own = join(target, 'tools/bin/tauri-driver');
    const driver = spawn(existsSync(own) ? own : 'tauri-driver', ['--port', port, '--native-port', native].map(String), {
      stdio: ['ignore', 'pipe', 'pipe'],
      // its own group, so that what it started can be ended with it
      detached: true,
    });
    const log = createWriteStream(join(outFolder('logs'), `${name}.log`));
    const window = new Window(driver, `http://127.0.0.1:${port}`, data);
    for (const stream of [driver.stdout, driver.stderr]) {
      stream.pipe(log);
      stream.on('data', (text) => (window.#said += text));
    }
    return window;
  }
  async #begin(options) {
    const failed = new Promise((_, no) => this.#driver.once('error', no));
    await Promise.race([failed, until('tauri-driver answers', () => this.#ask('GET', '/status'))]);
    const capabilities = { alwaysMatch: { browserName: 'wry', 'tauri:options': options } };
    const { sessionId } = await this.#ask('POST', '/session', { capabilities }, AbortSignal.timeout(A_MINUTE));
    this.#session = `/session/${sessionId}`;
  }

  #driver;
  #base;
  #data;
  #session = '';
  /** what the driver and the program wrote */
  #said = '';

  constructor(driver, base, data) {
    this.#driver = driver;
    this.#base = base;
    this.#data = data;
  }

  async #ask(method, path, body, signal) {
    const answer = await fetch(this.#base + (path === '/status' || path === '/session' ? '' : this.#session) + path, {
      method,
      ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
      signal,
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value?.error}: ${value?.message}`);
    return value;
  }

  /** Closes the window and ends the driver. */
  async close() {
    if (this.#session) await this.#ask('DELETE', '').catch(() => {});
    if (this.#driver.exitCode === null && this.#driver.pid) {
      const ended = new Promise((done) => this.#driver.once('exit', done));
      try {
        process.kill(-this.#driver.pid, 'SIGKILL');
        await ended;
      } catch {
        // it has ended by itself
      }
    }
  }

  /** Kills the program as a power cut would: no handler runs, nothing is flushed. */
  async cutPower() {
    const isOurs = (pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.includes(this.#data) && /\/comptoir$/.test(words[0]);
      } catch {
        return false;
      }
    };
    const pids = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurs(name));
    const [pid, ...more] = pids();
    if (!pid || more.length) throw new Error(`the program is process ${[pid, ...more]}`);
    process.kill(Number(pid), 'SIGKILL');
    await until('the program is gone', () => pids().length, 0);
    await this.close();
  }

  async find(css) {
    return (await this.#ask('POST', '/element', { using: 'css selector', value: css }))[ELEMENT];
  }
  async has(css) {
    return (await this.#ask('POST', '/elements', { using: 'css selector', value: css })).length > 0;
  }
  async shown(id) {
    return until(`there is ${id}`, () => this.find(byId(id)));
  }
  async gone(id) {
    return until(`${id} is gone`, () => this.has(byId(id)), false);
  }
  async click(id) {
    await this.#click(await this.shown(id));
  }
  /** Clicks what a CSS selector finds and whose text begins with `text`. */
  async clickText(css, text) {
    const found = await until(`there is ${text}`, async () => {
      for (const one of await this.#ask('POST', '/elements', { using: 'css selector', value: css })) {
        if ((await this.#ask('GET', `/element/${one[ELEMENT]}/text`)).trim().includes(text)) return one[ELEMENT];
      }
      return null;
    });
    await this.#click(found);
  }
  async #click(element) {
    await this.#ask('POST', `/element/${element}/click`);
  }
  /** Text content, spaces made one. */
  async text(id) {
    const script = 'return document.querySelector(arguments[0])?.textContent ?? null';
    return (await this.run(script, byId(id)))?.replace(/[\t\n ]+/g, ' ').trim() ?? null;
  }
  async says(id, wanted, seconds) {
    return until(`${id} says`, () => this.text(id), wanted, seconds);
  }
  async attribute(id, name) {
    return this.run('return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? null', byId(id), name);
  }

  /** Waits until the cart has so many lines that are not voided. */
  async lines(count) {
    const script = 'return document.querySelectorAll("[data-testid=line]:not(.voided)").length';
    return until('live lines in the cart', () => this.run(script), count);
  }

  /** Types as a hand does. */
  async type(text) {
    await this.#keys([...text]);
  }
  async press(key) {
    await this.#keys([KEYS[key] ?? key]);
  }
  async #keys(keys) {
    const actions = keys.flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
      { type: 'pause', duration: 60 },
    ]);
    await this.#ask('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** Runs a script in the window; `return` answers. */
  async run(script, ...args) {
    return this.#ask('POST', '/execute/sync', { script, args });
  }
  /** Runs a script in the window and waits until it calls its last argument with the answer, up to 30 s. */
  async wait(script, ...args) {
    return this.#ask('POST', '/execute/async', { script, args });
  }
  /** Does something in the window of the simulated devices, then comes back to the till's. */
  async beside(what) {
    const till = await this.#ask('GET', '/window');
    const [devices] = (await this.#ask('GET', '/window/handles')).filter((handle) => handle !== till);
    await this.#ask('POST', '/window', { handle: devices });
    try {
      return await what();
    } finally {
      await this.#ask('POST', '/window', { handle: till });
    }
  }
  /** Asks the engine as the window does that may ask this. */
  async call(command, args = {}) {
    if (command.startsWith('sim_')) return this.beside(() => this.#call(command, args));
    return this.#call(command, args);
  }
  async #call(command, args) {
    const script = `const [command, args, done] = arguments;
      window.__TAURI_INTERNALS__.invoke(command, args).then((yes) => done({ yes }), (no) => done({ no }));`;
    const { yes, no } = await this.wait(script, command, args);
    if (no !== undefined) throw new Error(`${command}: ${JSON.stringify(no)}`);
    return yes;
  }
  /** Keeps a picture of the window. */
  async picture(file) {
    // the picture must not be taken in the middle of a move
    await until('nothing moves', () => this.run('return document.getAnimations().every((a) => a.playState !== "running")'));
    // a picture is taken when the window next paints, which a still one does not
    await this.run(`let left = 60;
      const paint = setInterval(() => {
        document.body.style.outline = left % 2 ? '1px solid transparent' : '';
        if ((left -= 1) === 0) clearInterval(paint);
      }, 50);`);
    writeFileSync(file, Buffer.from(await this.#ask('GET', '/screenshot'), 'base64'));
  }
}

function byId(id) {
  return `[data-testid="${id}"]`;
}

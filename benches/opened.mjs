// A program's window that is measured: opened, signed in to, and weighed.
import { chmodSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { target, until } from '../tests/e2e/story.mjs';
import { Window } from '../tests/e2e/webdriver.mjs';
import { OPERATOR } from './shop.mjs';

/** A program's window, and how long it was from the start of its process to the first paint. */
export async function open({ folder, data }, program) {
  const [began, application, binary] = [join(folder, 'began'), join(folder, 'run'), join(target, 'release', program)];
  writeFileSync(application, `#!/bin/sh\ndate +%s%N > ${began}\nexec ${binary} "$@"\n`);
  chmodSync(application, 0o755);
  const args = program === 'comptoir' ? ['--data', data] : [];
  const window = await Window.open({ data, name: 'bench', application, args });
  const paint = `const [first] = performance.getEntriesByName('first-contentful-paint');
    return first ? performance.timeOrigin + first.startTime : null`;
  const painted = await until('something is painted', () => window.run(paint));
  return { window, start: painted - Number(readFileSync(began, 'utf8')) / 1e6, pid: processOf(binary) };
}

/** Types the PIN, all but the key that signs in. */
export async function typePin(window) {
  await window.shown('pin-dots');
  await window.clickText('[data-testid^="operator-"]', OPERATOR.name);
  await window.type(OPERATOR.pin);
  await until('the PIN is typed', () => window.attribute('pad-enter', 'disabled'), null);
}

/** Signs in, until one can sell. */
export async function sellingScreen(window) {
  await typePin(window);
  await window.press('Enter');
  await window.shown('pay');
  await until('there are goods', () => window.has('[data-testid^=tile-]'));
}

/** Puts scripts into the page; `painted` runs the body of an async function of `args` there, and answers its value. */
export async function inPage(window, ...scripts) {
  for (const script of scripts) await window.run(readFileSync(new URL(script, import.meta.url), 'utf8'));
  return {
    async painted(body, ...args) {
      const script = `const [args, done] = arguments;
        (async () => { ${body} })().then((yes) => done({ yes }), (no) => done({ no: String(no?.stack ?? no) }));`;
      const { yes, no } = await window.wait(script, args);
      if (no) throw new Error(`in the page: ${body}: ${no}`);
      return yes;
    },
  };
}

export function seconds(count) {
  return new Promise((done) => setTimeout(done, count * 1000));
}

/** Proportional set size of a process and all it started, in MB. */
export function memory(pid) {
  const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return childrenOf(pid).reduce((sum, child) => sum + memory(child), Number(pss[1]) / 1024);
}

/** The same, of each process by its name. */
export function memories(pid) {
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  const children = childrenOf(pid);
  const own = memory(pid) - children.reduce((sum, child) => sum + memory(child), 0);
  return [{ name, own }, ...children.flatMap(memories)];
}

function childrenOf(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
}

function processOf(binary) {
  return readdirSync('/proc').find((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/exe`) === binary;
    } catch {
      return false;
    }
  });
}

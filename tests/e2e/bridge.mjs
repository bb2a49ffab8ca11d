// Starts and stops the engine behind a loopback port, with a demonstration store of its own, with one that is there
// already, or with none.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outFolder, target } from './story.mjs';

export async function startBridge(name, { demo, data: existing } = { demo: true }) {
  const folder = mkdtempSync(join(tmpdir(), 'comptoir-bridge-'));
  const data = existing ?? join(folder, 'store');
  const program = join(target, 'debug/comptoir-bridge');
  const child = spawn(program, ['--data', data, ...(demo ? ['--demo'] : []), '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(join(outFolder('logs'), `bridge-${name}.log`));
  child.stderr.pipe(log);
  child.stdout.pipe(log);

  const base = await new Promise((found, failed) => {
    let said = '';
    const late = setTimeout(() => failed(new Error(`${program} did not listen within 60 s; it said: ${said}`)), 60_000);
    child.stdout.on('data', (text) => {
      said += text;
      const address = /listening on (http:\/\/\S+)/.exec(said)?.[1];
      if (address) clearTimeout(late), found(address.replace(/\/$/, ''));
    });
    child.stderr.on('data', (text) => (said += text));
    child.once('error', (error) => (clearTimeout(late), failed(error)));
    child.once('exit', (code) => (clearTimeout(late), failed(new Error(`${program} ended (${code}): ${said}`))));
  });

  return {
    base,
    /** Asks the engine as the window does. */
    async call(command, args = {}) {
      const answer = await fetch(`${base}/api/${command}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(args),
      });
      const body = await answer.json();
      if (!answer.ok) throw new Error(`${command}: ${JSON.stringify(body)}`);
      return body;
    },
    /** `how` it ends: SIGKILL is a power cut. */
    async stop(how = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((done) => child.once('exit', done));
        child.kill(how);
        const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
        await ended;
        clearTimeout(late);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// Which of the measured moments fell into one in which the machine itself stood still (see src/bin/pauses.rs).
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { target } from '../tests/e2e/story.mjs';

/** Watches every processor until it is stopped. `during(from, to)` tells how many milliseconds of these one stood still. */
export function watchForPauses() {
  const pauses = [];
  const watchers = cpus().map((_, processor) => watch(processor, (from, to) => pauses.push({ from, to })));
  return {
    during: (from, to) =>
      pauses.reduce((sum, pause) => sum + Math.max(0, Math.min(pause.to, to) - Math.max(pause.from, from)), 0),
    async stop() {
      for (const { watcher } of watchers) watcher.stdin.end();
      await Promise.all(watchers.map(({ ended }) => ended));
      return { count: pauses.length, longest: Math.max(0, ...pauses.map(({ from, to }) => to - from)) };
    },
  };
}

function watch(processor, found) {
  const args = ['--cpu-list', String(processor), 'chrt', '--fifo', '50', join(target, 'release', 'pauses')];
  const watcher = spawn('taskset', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  createInterface({ input: watcher.stdout }).on('line', (text) => found(...text.split(' ').map(Number)));
  const ended = new Promise((done, failed) => {
    watcher.once('error', failed);
    watcher.once('close', (code) =>
      code === 0 ? done() : failed(new Error(`watching for pauses ended with ${code}`)),
    );
  });
  return { watcher, ended };
}

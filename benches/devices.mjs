// Devices that a measured window is given: a printer that has printed as soon as it is asked, a scanner on a serial line.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { tillctl } from './shop.mjs';

const READY = 0x12;
const PRINTED = 0x00;

/** A printer on a socket that answers `DLE EOT` and `GS r 1`, and throws the paper away. */
export async function plugInPrinter(shop) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const answers = [];
      for (let place = 0; place < bytes.length - 2; place += 1) {
        if (bytes[place] === 0x10 && bytes[place + 1] === 0x04) answers.push(READY);
        if (bytes[place] === 0x1d && bytes[place + 1] === 0x72) answers.push(PRINTED);
      }
      if (answers.length > 0) socket.write(Buffer.from(answers));
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  tillctl(shop, `device set printer tcp://127.0.0.1:${server.address().port}`);
  return { unplug: () => server.close() };
}

/** A scanner behind a pseudo-terminal; `scan` sends a code and answers when, on the wall clock. */
export async function plugInScanner(shop) {
  const line = spawn('script', ['-qfc', 'stty raw -echo; tty; exec sleep infinity', '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const path = await new Promise((found, failed) => {
    line.once('error', failed);
    line.stdout.once('data', (said) => found(String(said).trim()));
  });
  tillctl(shop, `device set scanner serial:${path}`);
  return {
    scan(code) {
      const sent = Date.now();
      line.stdin.write(`${code}\r`);
      return sent;
    },
    unplug: () => line.kill('SIGKILL'),
  };
}

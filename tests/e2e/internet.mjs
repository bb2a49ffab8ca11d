import { connect, createServer } from 'node:net';

/** What lies between the shop and head office; it can be cut. */
export class Internet {
  static async to(address) {
    const internet = new Internet(address);
    await internet.plug();
    return internet;
  }
  #to;
  #server = null;
  #port = 0;
  #lines = new Set();
  constructor(address) {
    const [host, port] = address.split(':');
    this.#to = { host, port: Number(port) };
  }
  get base() {
    return `http://127.0.0.1:${this.#port}`;
  }
  async plug() {
    this.#server = createServer((near) => {
      const far = connect(this.#to);
      for (const [line, other] of [
        [near, far],
        [far, near],
      ]) {
        this.#lines.add(line);
        line.on('error', () => other.destroy());
        line.on('close', () => (this.#lines.delete(line), other.destroy()));
        line.pipe(other);
      }
    });
    await new Promise((listening, failed) => {
      this.#server.once('error', failed).listen(this.#port, '127.0.0.1', listening);
    });
    this.#port = this.#server.address().port;
  }
  async cut() {
    const closed = new Promise((done) => (this.#server ? this.#server.close(done) : done()));
    this.#server = null;
    for (const line of this.#lines) line.destroy();
    await closed;
  }
}

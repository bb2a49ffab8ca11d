import type { Class, Device, DeviceAt, DeviceTest, JobRow, Lamp, Refusal } from '../bindings';
import { office } from '../i18n/office';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { clock } from '../lib/clock.svelte';
import { latest } from '../lib/latest';
import { sound } from '../lib/sound';
import { till } from '../till.svelte';
import { drawerOf, saidOf, sentSaid } from './trouble';

export type Kind = Class | 'drawer';
/** What was read while this place was open. */
export type Read = { code: string; at: Date };

export const kinds: Kind[] = ['printer', 'drawer', 'scanner', 'terminal'];
const MOST_READS = 8;

/** The devices of this register: where they are, how they are, and trying them. */
class Devices {
  kind = $state<Kind>('printer');
  at = $state.raw<DeviceAt[]>([]);
  jobs = $state.raw<JobRow[]>([]);
  /** the newest first */
  reads = $state.raw<Read[]>([]);
  /** serial ports of this machine */
  ports = $state.raw<string[]>([]);
  /** what the set-up was refused for */
  trouble = $state.raw<Refusal | null>(null);

  /** the terminal has one that somebody set */
  hasPassword = $derived(this.at.some(({ password }) => password));
  address = $derived(this.at.find(({ kind }) => kind === this.kind)?.address ?? null);

  open(): void {
    if (!till.toSell()) return;
    this.reads = [];
    till.screen = 'devices';
    void till.ask(async () => {
      this.at = await call('device_addresses', {});
    });
  }
  loadJobs = latest(() =>
    till.ask(async () => {
      this.jobs = await call('job_list', {});
    }),
  );
  choose(kind: Kind): void {
    this.kind = kind;
    till.notice = null;
  }
  move(by: 1 | -1): void {
    const next = kinds[kinds.indexOf(this.kind) + by];
    if (!next) return;
    this.choose(next);
    till.spoken = `${office.t.devices.names[next]}, ${this.say(next)}`;
  }

  device(kind: Kind): Device | null {
    return till.app?.devices.find((device) => device.kind === kind) ?? null;
  }
  lamp(kind: Kind): Lamp {
    return kind === 'drawer' ? drawerOf(till.printer).lamp : (this.device(kind)?.lamp ?? 'unknown');
  }
  /** How it is, in words. */
  say(kind: Kind): string {
    if (kind === 'drawer') return office.t.devices.drawerState[drawerOf(till.printer).state];
    const device = this.device(kind);
    const said = device ? saidOf(device, words.t) : words.t.lamps.unknown;
    const waiting = this.jobs.filter(({ state }) => state !== 'given').length;
    return kind === 'printer' && waiting > 0 ? `${said}, ${office.t.devices.waiting(waiting)}` : said;
  }

  /** Tries it, as far as this one can be tried. */
  test(kind: Kind): void {
    this.choose(kind);
    if (kind === 'printer' || kind === 'drawer') this.send(kind);
    else this.check();
  }
  send(device: DeviceTest): void {
    till.notice = null;
    void till.ask(async () => {
      this.jobs = await call('test_device', { device });
      const shut = drawerOf(till.printer).state === 'shut';
      till.tell({ tone: shut ? 'attention' : 'info', say: () => sentSaid(device, shut, office.t.devices) });
    });
  }
  /** Looks at all of it again. */
  check(): void {
    till.notice = null;
    const { kind } = this;
    void till.ask(async () => {
      till.takeState(await call('state', {}));
      this.at = await call('device_addresses', {});
      this.jobs = await call('job_list', {});
      const [said, time] = [this.say(kind), words.time(clock.now)];
      const say = () => office.t.devices.checked(office.t.devices.names[kind], said, time);
      till.tell({ tone: this.lamp(kind) === 'ready' ? 'ok' : 'info', say });
    });
  }
  /** Writes a file for whoever is asked for help. */
  saveReport(): void {
    till.notice = null;
    void till.ask(async () => {
      const { path } = await call('save_device_report', {});
      till.tell({ tone: 'ok', say: () => office.t.reports.saved(path) });
    });
  }
  settle(job: number, cameOut: boolean): void {
    till.settle(job, cameOut);
    void this.loadJobs();
  }
  heard(code: string): void {
    this.kind = 'scanner';
    this.reads = [{ code, at: clock.now }, ...this.reads].slice(0, MOST_READS);
    till.spoken = `${office.t.devices.read} ${code}`;
    sound('good');
  }

  setUp(): void {
    this.trouble = null;
    till.notice = null;
    till.open('device_address');
    void till.ask(async () => {
      this.ports = await call('find_devices', {});
    });
  }
  closeSetUp(): void {
    till.sheet = null;
  }
  /** `password`: of the terminal, empty for that of the factory; null leaves it as it is. */
  async save(address: string | null, password: string | null = null): Promise<void> {
    const { kind } = this;
    if (kind === 'drawer') return;
    this.trouble = await till.attempt(async () => {
      this.at = await call('set_device', { kind, address, password });
    });
    if (this.trouble) {
      sound('notFound');
      till.spokenNow = Object.values(words.refusal(this.trouble)).join(' ');
      return;
    }
    till.sheet = null;
    const { names, saved } = office.t.devices;
    till.tell({ tone: 'ok', say: () => saved(names[kind], this.address) });
  }
}

export const devices = new Devices();

import type { NeighbourPrinters } from '../bindings';
import { office } from '../i18n/office';
import { call } from '../lib/call';
import { latest } from '../lib/latest';
import { till } from '../till.svelte';
import { devices } from './devices.svelte';
import { givingSaid, isConnected, sendKey } from './helping';

/** The neighbours' printers, and what was sent to them. */
class Helping {
  printers = $state.raw<NeighbourPrinters | null>(null);
  /** what became of the sending with this number was seen */
  seen = $state<number | null>(null);

  key = $derived(
    sendKey(devices.lamp('printer'), devices.jobs, this.printers?.neighbours ?? [], office.t.devices.neighbours),
  );
  said = $derived.by(() => {
    const giving = this.printers?.giving;
    if (!giving || giving.giving === this.seen) return null;
    return givingSaid(giving, isConnected(this.printers, giving.register), office.t.devices.neighbours);
  });

  /** What ended before this place was opened is no news. */
  open(): void {
    void this.load().then(() => {
      const giving = this.printers?.giving;
      if (giving && giving.printed + giving.back === giving.jobs) this.seen = giving.giving;
    });
  }
  load = latest(() => till.ask(() => this.#look()));
  async #look(): Promise<void> {
    this.printers = await call('neighbour_printers', {});
  }
  /** To the only one that can print, else it is asked which. */
  send(): void {
    const [first, ...others] = this.key?.to ?? [];
    if (!first) return;
    if (others.length > 0) till.open('send_jobs');
    else this.give(first.device);
  }
  give(to: string): void {
    till.sheet = null;
    till.notice = null;
    void till.ask(async () => {
      devices.jobs = await call('give_jobs', { to });
      await this.#look();
    });
  }
  takeBack(job: number): void {
    void till.ask(async () => {
      devices.jobs = await call('take_back_job', { job });
    });
  }
}

export const helping = new Helping();

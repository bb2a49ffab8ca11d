import type { LinkView, Refusal } from '../bindings';
import { office } from '../i18n/office';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { latest } from '../lib/latest';
import { sound } from '../lib/sound';
import { till } from '../till.svelte';

/** How this till takes part: at head office, and with its neighbours. */
class Linking {
  view = $state.raw<LinkView | null>(null);
  url = $state('');
  code = $state('');
  neighbour = $state('');
  trouble = $state.raw<Refusal | null>(null);
  busy = $state(false);
  joined = $state(false);

  member = $derived(this.view?.head_office != null);
  missing: 'url' | 'code' | null = $derived(this.url.trim() === '' ? 'url' : this.code.trim() === '' ? 'code' : null);
  /** where the refusal is said; elsewhere it is a banner */
  wrong = $derived(
    this.trouble?.kind === 'bad_office_url' || this.trouble?.kind === 'plain_office_url'
      ? 'url'
      : this.trouble?.kind === 'office_refuses'
        ? 'code'
        : this.trouble?.kind === 'bad_neighbour'
          ? 'neighbour'
          : null,
  );

  look = latest(async () => {
    try {
      this.view = await call('link_view', {});
    } catch {
      // asked again with the next event
    }
  });
  edit(part: { url?: string; code?: string; neighbour?: string }): void {
    Object.assign(this, part);
    this.trouble = null;
  }
  wrongWith(field: 'url' | 'code' | 'neighbour'): string | null {
    return this.trouble && this.wrong === field ? Object.values(words.refusal(this.trouble)).join(' ') : null;
  }
  async enrol(): Promise<void> {
    if (this.missing || this.busy || this.member) return;
    await this.#ask(async () => {
      this.view = await call('enrol', { url: this.url, code: this.code });
      this.joined = true;
      this.code = '';
      till.spoken = Object.values(office.t.settings.link.joined).join(' ');
    });
    void till.lookAtLink();
  }
  async add(): Promise<void> {
    const address = this.neighbour.trim();
    if (!address || !this.view) return;
    await this.#set([...this.view.neighbours, address]);
    if (!this.trouble) this.neighbour = '';
  }
  async remove(address: string): Promise<void> {
    await this.#set((this.view?.neighbours ?? []).filter((one) => one !== address));
  }
  #set(addresses: string[]): Promise<void> {
    return this.#ask(async () => {
      this.view = await call('set_neighbours', { addresses });
    });
  }
  /** Beside what is asked at the counter: the network may take its time. */
  async #ask(what: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.trouble = null;
    try {
      await what();
    } catch (thrown) {
      this.trouble = thrown as Refusal;
      sound('notFound');
      till.spokenNow = Object.values(words.refusal(this.trouble)).join(' ');
    } finally {
      this.busy = false;
    }
  }
}

export const linking = new Linking();

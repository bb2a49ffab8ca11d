import type { CountedPieces, CountSoFar, Denomination } from '../bindings';
import { press, type PadKey } from '../lib/entry';
import { call } from '../lib/call';
import { isZero } from '../lib/format';
import { till } from '../till.svelte';

export type Part = 'loose' | 'rolls';
export type Field = { minor: number; part: Part };

/** A drawer being counted, piece by piece. What the pieces come to, the engine says. */
export class Count {
  denominations = $state.raw<Denomination[]>([]);
  tally = $state.raw<CountSoFar | null>(null);
  typed = $state<Record<string, string>>({});
  at = $state(0);
  /** what has to be known of it */
  note = $state('');
  /** keys of a quick hand, before the fields are there */
  #early: Array<() => void> = [];
  /** the first digit in a field replaces what stands there */
  #anew = true;

  fields = $derived<Field[]>([
    ...this.denominations.map(({ minor }): Field => ({ minor, part: 'loose' })),
    ...this.denominations.filter(({ roll }) => roll !== null).map(({ minor }): Field => ({ minor, part: 'rolls' })),
  ]);
  field = $derived(this.fields[this.at] ?? null);
  counted = $derived(Object.values(this.typed).some((text) => text !== ''));
  pieces = $derived<CountedPieces[]>(
    this.denominations.map(({ minor }) => ({
      value: minor,
      loose: Number(this.text({ minor, part: 'loose' }) || 0),
      rolls: Number(this.text({ minor, part: 'rolls' }) || 0),
    })),
  );

  async load(): Promise<void> {
    this.denominations = await call('denominations', {});
    this.#early.splice(0).forEach((key) => key());
    await this.#tell();
  }
  text({ minor, part }: Field): string {
    return this.typed[`${minor} ${part}`] ?? '';
  }
  choose(field: Field): void {
    this.at = this.fields.findIndex(({ minor, part }) => minor === field.minor && part === field.part);
    this.#anew = true;
  }
  move(by: 1 | -1): void {
    if (this.fields.length === 0) return void this.#early.push(() => this.move(by));
    this.at = (this.at + by + this.fields.length) % this.fields.length;
    this.#anew = true;
  }
  press = (key: PadKey): void => {
    const { field } = this;
    if (!field) return void this.#early.push(() => this.press(key));
    const before = this.#anew && key !== 'back' ? '' : this.text(field);
    this.#anew = false;
    this.typed[`${field.minor} ${field.part}`] = press(before, key, 'count');
    void till.ask(() => this.#tell());
  };
  /** Whether a difference has to be explained; if not, what was written of another count is forgotten. */
  hasToExplain(difference: string): boolean {
    if (isZero(difference)) this.note = '';
    return !isZero(difference);
  }
  /** Gives the first digit of a scan back. */
  remember(): () => void {
    const [typed, anew] = [{ ...this.typed }, this.#anew];
    return () => {
      this.typed = typed;
      this.#anew = anew;
      void till.ask(() => this.#tell());
    };
  }
  async #tell(): Promise<void> {
    this.tally = await call('count', { pieces: this.pieces });
  }
}

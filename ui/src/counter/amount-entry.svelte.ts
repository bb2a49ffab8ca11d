import { padKey, press, type PadKey } from '../lib/entry';
import { canTakeBack } from '../lib/keys';

/** An amount being typed: 12 means 12.00, cents come only after the decimal key. */
export class AmountEntry {
  text = $state('');
  /** a quick amount was chosen: the next digit begins anew */
  #chosen = false;

  press = (key: PadKey): void => {
    if (this.#chosen) this.text = key === 'back' ? this.text : '';
    this.#chosen = false;
    this.text = press(this.text, key, 'amount');
  };
  choose(amount: string): void {
    this.text = amount;
    this.#chosen = true;
  }
  hear(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.altKey) return false;
    const key = padKey(event.key);
    if (key) this.press(key);
    return key !== null;
  }
  /** Gives the first digit of a scan back; call it in an effect. */
  takesBack(): () => void {
    return canTakeBack(() => {
      const [text, chosen] = [this.text, this.#chosen];
      return () => {
        this.text = text;
        this.#chosen = chosen;
      };
    });
  }
}

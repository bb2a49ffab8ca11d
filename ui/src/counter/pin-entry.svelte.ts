import { press, type PadKey } from '../lib/entry';
import { canTakeBack } from '../lib/keys';

/** A PIN being typed: never shown, only counted. */
export class PinEntry {
  text = $state('');
  long = $derived(this.text.length >= 4);

  press(key: PadKey): void {
    this.text = press(this.text, key, 'pin');
  }
  clear(): void {
    this.text = '';
  }
  /** Gives the first digit of a scan back; call it in an effect. */
  takesBack(): () => void {
    return canTakeBack(() => {
      const before = this.text;
      return () => (this.text = before);
    });
  }
}

import type { Language, Refusal, Text } from '../bindings';
import * as format from '../lib/format';
import { en, type Messages, type Said } from './en';
import { fr } from './fr';

const tongues: Record<Language, Messages> = { en, fr };

/** Milliseconds in which every screen has its new words. */
const DECLARED_AFTER = 300;

/** The words of the moment: the language chosen, and how it writes money, times and names. */
class Words {
  language = $state<Language>('en');
  currency = $state('CAD');
  /** IANA zone of the counter */
  zone = $state('America/Toronto');

  #declared: ReturnType<typeof setTimeout> | undefined;

  /** of the currency, alone on a key */
  get sign(): string {
    return this.money('0').replace(/[0\u00a0]/g, '');
  }
  get t(): Messages {
    return tongues[this.language];
  }
  choose(language: Language): void {
    this.language = language;
    clearTimeout(this.#declared);
    const declare = () => (document.documentElement.lang = language === 'fr' ? 'fr-CA' : 'en-CA');
    // Every style is worked out anew for another language, which takes longer than to change the words.
    if (document.readyState === 'complete') this.#declared = setTimeout(declare, DECLARED_AFTER);
    else declare();
  }
  text = (text: Text): string => format.together(text[this.language] || text.en);
  money = (value: string): string => format.money(value, this.language, this.currency);
  amount = (value: string): string => format.amount(value, this.language);
  difference = (value: string): string => format.difference(value, this.language, this.currency);
  denomination = (value: string): string => format.denomination(value, this.language, this.currency);
  quantity = (value: string): string => format.quantity(value, this.language);
  grams = (value: string): string => `${format.quantity(value, this.language)}\u00a0g`;
  /** the day on which somebody was born who is `years` old today */
  bornBy = (at: Date, years: number): string => format.yearsBefore(this.#local(at), years);
  rate = (value: string): string => format.rate(value, this.language);
  discount = (value: string): string => format.discount(value, this.language, this.currency);
  taken = (value: string): string => format.taken(value, this.language, this.currency);
  weighed = (weight: string, price: string): string => format.weighed(weight, price, this.language, this.currency);
  time = (at: string | Date): string => format.time(this.#local(at), this.language);
  seconds = (at: string): string => format.seconds(this.#local(at), this.language);
  stamp = (at: string): string => format.stamp(this.#local(at));
  day = (at: string | Date): string => format.day(this.#local(at), this.language);
  /** "Nov 20", with its year when that is another than this one's */
  date = (at: string | Date): string => format.shortDate(this.#local(at), this.#local(new Date()), this.language);
  /** the same, of a day such as "2025-11-20" */
  dateOf = (day: string): string => format.shortDate(format.dateOf(day), this.#local(new Date()), this.language);
  /** "Nov 20, 17:32": when something was */
  moment = (at: string): string => `${this.date(at)}, ${this.time(at)}`;
  /** "Thu Nov 20 14:06", of the local time that reports are written in: "2025-11-20 14:06" */
  written = (local: string): string => {
    const at = new Date(local);
    return `${format.day(at, this.language)} ${format.time(at, this.language)}`;
  };
  /** the day at the counter, as the engine takes it */
  today = (at: Date): string => format.isoDay(this.#local(at));
  #local = (at: string | Date): Date => format.local(new Date(at), this.zone);
  refusal = (refusal: Refusal): Said => this.t.refusal(refusal, this);
}

export const words = new Words();

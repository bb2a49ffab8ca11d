import type { CardAttempt, CardProof, CardStep, Cart } from '../bindings';
import type { Messages, Said } from '../i18n/en';
import { isZero } from '../lib/format';

/** The one thing to do about a card attempt. */
export type Next =
  /** the terminal is at it: wait for its answer, or ask it to stop */
  | 'stop'
  /** the terminal is being asked what became of it */
  | 'wait'
  /** nobody knows what became of it: ask the terminal */
  | 'ask'
  /** the terminal cannot tell: a person compares with its journal */
  | 'judge'
  /** it is over */
  | 'go_on';

export function nextOf({ state, working }: CardAttempt): Next {
  switch (state) {
    case 'asking':
      return 'stop';
    case 'unknown':
      return working ? 'wait' : 'ask';
    case 'doubtful':
      return working ? 'wait' : 'judge';
    default:
      return 'go_on';
  }
}

/** Whether nothing else can be done before it is known what became of this attempt. */
export function unsettled(attempt: CardAttempt | null): attempt is CardAttempt {
  return attempt !== null && nextOf(attempt) !== 'go_on';
}

/** How often the terminal is asked in vain before a person may settle it. */
const TRIES = 2;
/** Whether a person may say what became of it although the terminal has not: it never answers. */
export function byHand(attempt: CardAttempt, tries: number): boolean {
  return nextOf(attempt) === 'ask' && tries >= TRIES;
}

/** Whether less moved than was asked for. */
export function isPart({ state, amount, approved }: CardAttempt): boolean {
  return state === 'approved' && approved !== null && approved !== amount;
}

/** The amount to show large: what moved, else what was asked for. */
export function moved({ state, amount, approved }: CardAttempt): string {
  return state === 'approved' ? (approved ?? amount) : amount;
}

/** The amounts a person may find in the terminal's journal: what was asked for, and what the terminal remembers. */
export function judged({ amount, approved }: CardAttempt): string[] {
  return approved === null || approved === amount ? [amount] : [amount, approved];
}

/** What is left to pay: nothing, something, or less than nothing, when goods went out after the card had paid. */
export function restOf({ rest }: Pick<Cart, 'rest'>): 'none' | 'some' | 'over' {
  if (isZero(rest)) return 'none';
  return rest.startsWith('-') ? 'over' : 'some';
}

/** "Visa •••• 4821", as much of it as the terminal told. */
export function cardName({ name, number }: CardProof): string {
  return [name, number === null ? null : `••••\u00a0${number}`].filter(Boolean).join(' ');
}

/** What became of an attempt, in words; null while the terminal is at it. */
export function outcome(
  attempt: CardAttempt,
  rest: string,
  t: Messages,
  money: (value: string) => string,
): Said | null {
  const { kind, state, amount } = attempt;
  if (state === 'asking') return null;
  const words = t.card.outcome[kind];
  return words[isPart(attempt) ? 'part' : state](money(amount), money(moved(attempt)), money(rest));
}

/** What the terminal is at, as the customer is to be told. */
export function now({ steps }: CardAttempt, t: Messages): string {
  return t.card.now[steps.at(-1)?.progress ?? 'asked'];
}

/** One step of an attempt that lies behind. */
export function stepSaid(
  { kind, amount }: CardAttempt,
  step: CardStep,
  t: Messages,
  money: (v: string) => string,
): string {
  return step.progress === 'asked' ? t.card.asked[kind](money(amount)) : t.card.log[step.progress];
}

/** What to do about a terminal in trouble. */
export function cure(cause: string, t: Messages): string {
  const { cures } = t.card;
  return cause in cures ? cures[cause as keyof typeof cures] : cures.other;
}

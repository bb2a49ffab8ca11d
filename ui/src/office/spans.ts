import type { HeadOfficeMessages } from '../i18n/en-head-office';

type Words = HeadOfficeMessages['ago'];
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

/** So many milliseconds in the two units that matter: "41 s", "26 min", "1 h 20 min", "1 d 20 h". */
export function span(milliseconds: number, ago: Words): string {
  const length = Math.max(milliseconds, 0);
  const whole = (unit: number, within = Infinity) => Math.floor((length % within) / unit);
  const pair = (first: string, count: number, second: string) => (count > 0 ? `${first}\u00a0${second}` : first);
  if (length < MINUTE) return ago.seconds(String(whole(SECOND)));
  if (length < HOUR) return ago.minutes(String(whole(MINUTE)));
  if (length < DAY) {
    const minutes = whole(MINUTE, HOUR);
    return pair(ago.hours(String(whole(HOUR))), minutes, ago.minutes(String(minutes)));
  }
  const hours = whole(HOUR, DAY);
  return pair(ago.days(String(whole(DAY))), hours, ago.hours(String(hours)));
}

/** How long ago something was. */
export function since(milliseconds: number, ago: Words): string {
  return milliseconds < 10 * SECOND ? ago.now : ago.ago(span(milliseconds, ago));
}

// What many samples come to, and the lines of the table that says so.

export function median(values) {
  return share(values, 0.5);
}

/** The value that so great a share of all is not above: 0.99 of 300 is the fourth greatest. */
export function share(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

export const ms = (value) => `${Math.round(value)} ms`;
export const mb = (value) => `${Math.round(value)} MB`;

export function head() {
  console.log('| work | took | floor | ratio | at most |\n|---|---|---|---|---|');
}

/** A line with what it took in one number, against a floor. */
export function ratio(work, took, floor, most, unit) {
  line(work, unit(took), unit(floor), `${(took / floor).toFixed(2)}×`, most);
}

/** A line with what it took in words. */
export function line(work, took, floor, ratio, most) {
  console.log(`| ${work} | ${took} | ${floor} | ${ratio} | ${most} |`);
}

// Code 128: bar and space widths by symbol value, then start B, start C and stop.
const widths = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'
).split(' ');
const TO_C = 99;
const TO_B = 100;
const START_B = 104;
const START_C = 105;
const STOP = 106;

/** The symbol values of a text, check symbol and stop included; null when Code 128 B cannot write it. */
export function code128(text: string): number[] | null {
  if (text === '' || /[^ -~]/.test(text)) return null;
  const out: number[] = [];
  let set: 'B' | 'C' | null = null;
  for (let at = 0; at < text.length;) {
    const run = /^\d*/.exec(text.slice(at))![0].length;
    const pairs: boolean = set === 'C' ? run >= 2 : run >= 6 || (run >= 4 && (at === 0 || at + run === text.length));
    const next: 'B' | 'C' = pairs ? 'C' : 'B';
    // an odd run keeps its first digit in B, so that the pairs end with the run
    if (next === 'C' && set !== 'C' && run % 2 === 1 && at > 0) {
      if (set === null) out.push(START_B);
      set = 'B';
      out.push(text.charCodeAt(at++) - 32);
    }
    if (set !== next) out.push(set === null ? (next === 'C' ? START_C : START_B) : next === 'C' ? TO_C : TO_B);
    set = next;
    if (set === 'C') {
      out.push(Number(text.slice(at, at + 2)));
      at += 2;
    } else {
      out.push(text.charCodeAt(at++) - 32);
    }
  }
  const check = out.reduce((sum, value, place) => sum + value * Math.max(1, place), 0) % 103;
  return [...out, check, STOP];
}

/** The bars of a text as one SVG path in modules, ten quiet modules on both sides. */
export function bars(text: string): { path: string; modules: number } | null {
  const symbols = code128(text);
  if (!symbols) return null;
  let x = 10;
  let path = '';
  for (const symbol of symbols) {
    [...widths[symbol]!].forEach((width, place) => {
      if (place % 2 === 0) path += `M${x} 0h${width}v1h-${width}Z`;
      x += Number(width);
    });
  }
  return { path, modules: x + 10 };
}

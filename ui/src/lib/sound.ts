import { settings } from './settings.svelte';

type Tone = { hertz: number; from: number; ms: number };
const sounds = {
  good: [{ hertz: 1800, from: 0, ms: 60 }],
  notFound: [
    { hertz: 300, from: 0, ms: 140 },
    { hertz: 300, from: 190, ms: 140 },
  ],
  approved: [
    { hertz: 900, from: 0, ms: 90 },
    { hertz: 1350, from: 120, ms: 130 },
  ],
  declined: [
    { hertz: 700, from: 0, ms: 130 },
    { hertz: 450, from: 170, ms: 170 },
  ],
  needsAnEye: [{ hertz: 600, from: 0, ms: 420 }],
} satisfies Record<string, Tone[]>;

/** How long it stays ready after a sound: an idle one keeps a thread busy. */
const READY = 3000;
let audio: AudioContext | null = null;
let rest: ReturnType<typeof setTimeout> | undefined;

/** A short sound beside a visible change, never instead of one. */
export function sound(name: keyof typeof sounds): void {
  if (!settings.sound) return;
  try {
    audio ??= new AudioContext();
    void audio.resume();
    clearTimeout(rest);
    rest = setTimeout(() => void audio?.suspend(), READY);
    for (const tone of sounds[name]) {
      const start = audio.currentTime + tone.from / 1000;
      const end = start + tone.ms / 1000;
      const source = audio.createOscillator();
      const level = audio.createGain();
      source.frequency.value = tone.hertz;
      level.gain.setValueAtTime(0.12, start);
      level.gain.setValueAtTime(0.12, end - 0.012);
      level.gain.linearRampToValueAtTime(0, end);
      source.connect(level).connect(audio.destination);
      source.start(start);
      source.stop(end);
    }
  } catch {
    // a till without a sound card sells as well
  }
}

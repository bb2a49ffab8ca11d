import { GAP, SLOW_GAP, Wedge, type Verdict } from './wedge';
import { settings } from './settings.svelte';

type Handler = (event: KeyboardEvent) => boolean;
/** Who hears a key first: an open sheet, then the screen, then the whole window. */
export type Layer = 'sheet' | 'screen' | 'window';
const layers: Record<Layer, Handler[]> = { sheet: [], screen: [], window: [] };
const undoers = new Set<() => () => void>();

let deaf = false;

/** What is drawn by `draw` hears no keys: nobody sees it, so nobody types for it. */
export function unheard<T>(draw: () => T): T {
  deaf = true;
  try {
    return draw();
  } finally {
    deaf = false;
  }
}

/** Hears keys until the answer is called. A handler answers whether the key was for it. */
export function hearKeys(layer: Layer, handler: Handler): () => void {
  if (deaf) return () => {};
  layers[layer].push(handler);
  return () => void layers[layer].splice(layers[layer].indexOf(handler), 1);
}

/** Lets a keypad take back the digit that turned out to be the start of a scan. */
export function canTakeBack(remember: () => () => void): () => void {
  undoers.add(remember);
  return () => void undoers.delete(remember);
}

/** Watches the whole window: scans go to `scanned`, everything else to the layers, or to the field it was meant for. */
export function watchKeys(scanned: (code: string) => void): () => void {
  const wedge = new Wedge(() => (settings.slowScanner ? SLOW_GAP : GAP));
  let takeBack: Array<() => void> = [];
  let timer = 0;

  const act = (verdict: Verdict) => {
    if (verdict.mayBegin) takeBack = remember();
    for (const key of verdict.typed) retype(key);
    if (verdict.scan !== null) {
      takeBack.forEach((undo) => undo());
      takeBack = [];
      scanned(verdict.scan);
    }
  };
  const down = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const verdict = wedge.key(event, event.timeStamp);
    if (verdict.mayBegin) {
      for (const key of verdict.typed) retype(key);
      takeBack = remember();
    } else act(verdict);
    clearTimeout(timer);
    timer = window.setTimeout(() => act(wedge.pause(performance.now())), wedge.patience);
    if (verdict.hold) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (hear(event)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  // A press with the pointer does not move the focus: Enter stays with the brass bar, not with the last tile touched.
  const press = (event: MouseEvent) => {
    if ((event.target as Element).closest('button')) event.preventDefault();
  };
  addEventListener('keydown', down, true);
  addEventListener('mousedown', press, true);
  return () => {
    removeEventListener('keydown', down, true);
    removeEventListener('mousedown', press, true);
  };
}

function hear(event: KeyboardEvent): boolean {
  const on = event.target instanceof Element ? event.target : null;
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (plain && on instanceof HTMLInputElement && !/^F\d+$/.test(event.key)) return false;
  if (plain && on instanceof HTMLButtonElement && (event.key === 'Enter' || event.key === ' ')) return false;
  if (plain && event.key === 'Tab') return false;
  for (const layer of ['sheet', 'screen', 'window'] as const) {
    const handlers = layers[layer];
    if (handlers.findLast((handler) => handler(event))) return true;
    if (layer === 'sheet' && handlers.length > 0) return /^F\d+$/.test(event.key);
  }
  return /^F([1-9]|10|12)$/.test(event.key); // the browser's own meaning of these has no place at a counter
}

function remember(): Array<() => void> {
  const undo = [...undoers].map((keep) => keep());
  const field = document.activeElement;
  if (field instanceof HTMLInputElement) {
    const before = field.value;
    undo.push(() => {
      field.value = before;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }
  return undo;
}

function retype(key: string): void {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement) {
    field.setRangeText(
      key,
      field.selectionStart ?? field.value.length,
      field.selectionEnd ?? field.value.length,
      'end',
    );
    field.dispatchEvent(new Event('input', { bubbles: true }));
  } else {
    hear(new KeyboardEvent('keydown', { key }));
  }
}

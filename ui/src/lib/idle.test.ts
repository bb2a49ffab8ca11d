import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchIdle } from './idle';

beforeEach(() => {
  vi.useFakeTimers();
  const heard = new EventTarget();
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('addEventListener', heard.addEventListener.bind(heard));
  vi.stubGlobal('removeEventListener', heard.removeEventListener.bind(heard));
  vi.stubGlobal('dispatchEvent', heard.dispatchEvent.bind(heard));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a touch begins the wait anew, and a watch that was stopped calls nobody', () => {
  const idle = vi.fn();
  const stop = watchIdle(5, idle);
  vi.advanceTimersByTime(4 * 60_000);
  dispatchEvent(new Event('pointerdown'));
  vi.advanceTimersByTime(4 * 60_000);
  dispatchEvent(new Event('keyup'));
  vi.advanceTimersByTime(5 * 60_000 - 1);
  expect(idle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(idle).toHaveBeenCalledTimes(1);

  dispatchEvent(new Event('keyup'));
  stop();
  vi.advanceTimersByTime(60 * 60_000);
  expect(idle).toHaveBeenCalledTimes(1);
});

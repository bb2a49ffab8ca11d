/** The time of the strip, once a second, shared by all who show it. */
class Clock {
  now = $state.raw(new Date());
  constructor() {
    setInterval(() => {
      const now = new Date();
      if (now.getMinutes() !== this.now.getMinutes()) this.now = now;
    }, 1000);
  }
}
export const clock = new Clock();

export type Toast = { say: () => string; undo: () => void };

/** What was just done and can be taken back: one at a time, never an error and never anything one must read. */
class Toasts {
  shown = $state.raw<Toast | null>(null);

  show(toast: Toast | null): void {
    this.shown = toast;
  }
  /** Takes it back; answers whether there was anything. */
  undo(): boolean {
    const toast = this.shown;
    this.shown = null;
    toast?.undo();
    return toast !== null;
  }
}

export const toasts = new Toasts();

/** Milliseconds in which the ticket is surely painted. */
const SURELY = 60;

/**
 * Changes what follows from the ticket once the ticket itself is painted, unless it is called off by what this
 * answers. In one frame with it, everything that lies between the two would be painted too: half the window.
 */
export function afterTicket(change: () => void): () => void {
  const later = setTimeout(change, SURELY);
  return () => clearTimeout(later);
}

export type Drawn = 'open' | 'roll' | 'out' | 'caught' | 'pull' | 'close';

/** The drawing of each step, by what ails the printer. */
export const drawn: Record<'paper_out' | 'cover_open', readonly [Drawn, Drawn, Drawn]> = {
  paper_out: ['open', 'roll', 'out'],
  cover_open: ['caught', 'pull', 'close'],
};

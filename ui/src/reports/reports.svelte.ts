import type { Period, Refusal, Report, ReportPeriods, SalesReport, ShiftRow } from '../bindings';
import { office } from '../i18n/office';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { handingOver } from '../shift/handing-over.svelte';
import { till } from '../till.svelte';
import { day, isSame, listed, neighbour } from './periods';

/** What a day or a shift sold, and of whom. */
class Reports {
  periods = $state.raw<ReportPeriods | null>(null);
  period = $state.raw<Period | null>(null);
  report = $state.raw<SalesReport | null>(null);
  /** the X or Z of the shift, once it is looked at */
  z = $state.raw<Report | null>(null);
  trouble = $state.raw<Refusal | null>(null);
  /** the period that is wanted: a slow answer about another one is not shown */
  #wanted: Period | null = null;

  shift = $derived.by((): ShiftRow | null => {
    const { period } = this;
    if (period?.kind !== 'shift') return null;
    return this.periods?.shifts.find(({ id }) => id === period.id) ?? null;
  });

  open(): void {
    if (!till.toSell()) return;
    till.screen = 'reports';
    void this.#load();
  }
  async #load(): Promise<void> {
    this.trouble = await till.attempt(async () => {
      this.periods = await call('report_periods', {});
    });
    if (this.trouble) this.#forget();
    else if (this.periods) await this.choose(this.period ?? day(this.periods.today));
  }
  /** What was refused is not left standing for whoever may not see it. */
  #forget(): void {
    this.periods = null;
    this.period = null;
    this.report = null;
  }
  async choose(period: Period): Promise<void> {
    this.#wanted = period;
    till.notice = null;
    this.trouble = await till.attempt(async () => {
      const report = await call('sales_report', { period });
      if (this.#wanted !== period) return;
      this.period = period;
      this.report = report;
      till.spoken = `${this.name(period)}, ${office.t.reports.net} ${words.money(report.net)}`;
    });
  }
  chooseDay(iso: string): void {
    till.sheet = null;
    void this.choose(day(iso));
  }
  move(by: 1 | -1): void {
    const next = this.periods && neighbour(listed(this.periods), this.period, by);
    if (next && !isSame(this.period, next)) void this.choose(next);
  }
  name(period: Period): string {
    return period.kind === 'day' ? words.dateOf(period.day) : office.t.reports.shift(period.shift);
  }

  print(): void {
    const { period } = this;
    if (!period) return;
    void till.ask(async () => {
      till.takeJobs(await call('print_sales', { period }));
      till.tell({ tone: 'info', say: () => office.t.reports.printing });
    });
  }
  save(): void {
    const { period } = this;
    if (!period) return;
    void till.ask(async () => {
      const { path } = await call('export_report', { period });
      till.tell({ tone: 'ok', say: () => office.t.reports.saved(path) });
    });
  }
  /** Shows the Z of the shift, or the X while it is open. */
  showShift(): void {
    const { shift } = this;
    if (!shift) return;
    void till.ask(async () => {
      this.z = await call('shift_report', { shift: shift.shift, id: shift.id });
      till.open('report_z');
    });
  }
  /** The slip of a hand-over of the shift, once more. */
  printSlip(entry: number): void {
    till.sheet = null;
    handingOver.printAgain(entry);
  }
  printShift(): void {
    const { shift } = this;
    if (!shift) return;
    till.sheet = null;
    void till.ask(async () => {
      till.takeJobs(await call('print_shift', { shift: shift.shift, id: shift.id }));
      const { z } = shift;
      till.tell({ tone: 'info', say: () => (z === null ? office.t.reports.printing : office.t.reports.zPrinting(z)) });
    });
  }
}

export const reports = new Reports();

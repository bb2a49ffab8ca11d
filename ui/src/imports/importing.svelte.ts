import type { Glance, ImportMapping, Outcome, Preview, Refusal } from '../bindings';
import { catalogue as said } from '../i18n/catalogue';
import { words } from '../i18n/words.svelte';
import { asRefusal, call, listen } from '../lib/call';
import { sound } from '../lib/sound';
import { till } from '../till.svelte';
import { firstShown, forEngine, steps, toImport, unmapped, type Shown, type Step } from './mapping';

type Progress = { done: number; all: number };

/** A file on its way into the catalogue: chosen, its columns named, looked over, imported. */
class Importing {
  shown = $state(false);
  step = $state<Step>('file');
  name = $state('');
  glance = $state.raw<Glance | null>(null);
  mapping = $state<ImportMapping>({ columns: {}, defaults: {} });
  preview = $state.raw<Preview | null>(null);
  rows = $state<Shown>('rejected');
  /** what came of it */
  outcome = $state.raw<Outcome | null>(null);
  progress = $state.raw<Progress | null>(null);
  /** where the rejected rows were written */
  written = $state<string | null>(null);
  trouble = $state.raw<Refusal | null>(null);
  busy = $state(false);
  /** the field whose column is chosen on the sheet */
  field = $state('');

  /** rows are being written: it goes on whether one looks or not */
  running = $derived(this.progress !== null && this.outcome === null);
  lacks = $derived(unmapped(this.mapping));
  /** rows that would change something */
  changes = $derived(this.preview ? toImport(this.preview.outcome) : 0);

  constructor() {
    listen('import', (progress) => {
      if (this.running) this.progress = progress;
    });
  }

  /** What was begun before is there again, and what runs, or has run unseen. */
  open(): void {
    this.shown = true;
  }
  /** Something else is looked at meanwhile. */
  hide(): void {
    this.shown = false;
  }
  leave(): void {
    this.hide();
    if (!this.running) this.#clear();
  }
  #clear(): void {
    this.step = 'file';
    this.name = '';
    this.glance = null;
    this.mapping = { columns: {}, defaults: {} };
    this.preview = null;
    this.outcome = null;
    this.progress = null;
    this.written = null;
    this.trouble = null;
  }

  /** Hands a file to the engine, which looks at its columns. */
  async read(file: File): Promise<void> {
    if (this.busy || this.running) return;
    this.#clear();
    await this.#ask(async () => {
      const glance = await call('import_file', { name: file.name, base64: await base64Of(file) });
      this.name = file.name;
      this.glance = glance;
      this.mapping = { columns: { ...glance.proposed }, defaults: {} };
      till.spoken = `${file.name}, ${said.t.import.rows} ${words.quantity(String(glance.rows))}`;
    });
  }
  /** Names the column of a field, or that the file has none. */
  setColumn(field: string, column: string | null): void {
    if (column === null) delete this.mapping.columns[field];
    else this.mapping.columns[field] = column;
    this.preview = null;
  }
  setDefault(field: string, value: string): void {
    this.mapping.defaults[field] = value;
    this.preview = null;
  }
  /** Back to a step that was passed, or on to the one that follows. */
  goTo(step: Step): void {
    if (this.busy || this.running || this.outcome || steps.indexOf(step) > steps.indexOf(this.step)) return;
    this.step = step;
    this.trouble = null;
  }
  next(): void {
    if (this.busy || this.running) return;
    if (this.step === 'file' && this.glance) this.step = 'columns';
    else if (this.step === 'columns' && !this.lacks) void this.#compare();
    else if (this.step === 'preview' && this.changes > 0) void this.#run();
  }
  async #compare(): Promise<void> {
    this.written = null;
    this.step = 'preview';
    const done = await this.#ask(async () => {
      this.preview ??= await call('import_preview', { mapping: forEngine(this.mapping) });
      this.rows = firstShown(this.preview);
      this.#tell(said.t.import.counts, this.preview.outcome);
    });
    if (!done) this.step = 'columns';
  }
  /** Not in the till's own turn: it sells meanwhile. */
  async #run(): Promise<void> {
    this.written = null;
    this.step = 'run';
    const { read, rejected } = this.preview!.outcome;
    this.progress = { done: 0, all: read - rejected };
    till.spoken = said.t.import.running;
    const done = await this.#ask(async () => {
      this.outcome = await call('import_run', { mapping: forEngine(this.mapping) });
      this.#tell(said.t.import.came, this.outcome);
    });
    if (!done) this.#stopped();
    if (till.sheet === 'import_leave') till.sheet = null;
    void till.stock();
  }
  #stopped(): void {
    this.progress = null;
    this.preview = null;
    this.step = 'columns';
  }
  async saveRejects(): Promise<void> {
    await this.#ask(async () => {
      this.written = (await call('save_rejects', {})).path;
      till.spoken = Object.values(said.t.import.savedRejects(this.written)).join(' ');
    });
  }
  #tell(called: Record<keyof Outcome, string>, outcome: Outcome): void {
    const counts = Object.entries(called) as Array<[keyof Outcome, string]>;
    till.spoken = counts.map(([count, name]) => `${words.quantity(String(outcome[count]))} ${name}`).join(', ');
  }
  async #ask(what: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.trouble = null;
    try {
      await what();
    } catch (thrown) {
      this.trouble = asRefusal(thrown);
      sound('notFound');
      till.spokenNow = Object.values(words.refusal(this.trouble)).join(' ');
    }
    this.busy = false;
    return this.trouble === null;
  }
}

/** The bytes of a file as text. */
function base64Of(file: File): Promise<string> {
  return new Promise((read, failed) => {
    const reader = new FileReader();
    reader.onload = () => read(String(reader.result).replace(/^[^,]*,?/, ''));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}

export const importing = new Importing();

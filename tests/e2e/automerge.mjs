// What the engine writes as files of Automerge is read by Automerge's own JavaScript as the engine says it, and edited by it.
//   node tests/e2e/automerge.mjs
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, sale, target } from './story.mjs';

const Automerge = createRequire(join(root, 'ui/package.json'))('@automerge/automerge');
const folder = mkdtempSync(join(tmpdir(), 'comptoir-automerge-'));
const data = join(folder, 'store');
/** A value that is replaced as a whole, as the engine writes them; a bare string would be a text to edit together. */
const plain = (value) => new Automerge.ImmutableString(value);
const tillctl = (...args) => JSON.parse(execFileSync(join(target, 'debug/tillctl'), args, { encoding: 'utf8' }));

try {
  const store = '--tenant demo --store TEST --region ON --register 1 --demo'.split(' ');
  tillctl('init', '--data', data, '--name', 'Automerge', ...store);
  for (const { sku } of [sale.coffee, sale.bananas, sale.tote]) check(sku);
  // Two authors: the books of a backup go on in an epoch of its own.
  const backup = join(folder, 'backup.db');
  tillctl('backup', '--data', data, '--to', backup);
  tillctl('restore', backup, '--data', data);
  tillctl('settings', 'set', '--data', data, '--return-days', '17');
  writeOneOfEach();
  const kinds = everyDocument();
  console.log(`three products are the same in Automerge, and can be edited there; all documents are: ${kinds}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What is not there in a new store, each kept and then changed, so that its document has a second change. */
function writeOneOfEach() {
  const save = (what, object) => {
    const file = join(folder, `${what}.jsonl`);
    writeFileSync(file, JSON.stringify(object));
    return tillctl(what, 'save', file, '--data', data);
  };
  const offer = { offer: 'bundle', pieces: 3, price: '5.00' };
  const name = { en: 'Three for five', fr: 'Trois pour cinq' };
  const promotion = save('promotion', { name, offer, from: '2025-11-21', skus: [sale.coffee.sku] });
  save('promotion', { ...promotion, until: '2025-12-24', offer: { offer: 'off', discount: '12.5%' } });
  const customer = save('customer', { name: 'Amélie Tremblay', phone: '613 555 0100', language: 'fr' });
  save('customer', { ...customer, phone: '', email: 'amelie@example.org' });
  for (const at of ['A3-2', 'Étagère 4']) save('shelf', { sku: sale.coffee.sku, at, facings: 4 });
  tillctl('count', 'begin', 'Cold room', '--data', data);
  tillctl('count', 'write', 'Cold room', sale.coffee.sku, '12', '--data', data);
  tillctl('count', 'write', 'Cold room', sale.bananas.sku, '3.4', '--data', data);
  tillctl('count', 'close', 'Cold room', '--data', data);
  tillctl('scan', sale.coffee.sku, '--data', data);
  tillctl('park', 'The blue coat', '--data', data);
  tillctl('resume', 'The blue coat', '--data', data);
}

/** Each document says in JavaScript what the engine says of it, no more and no less; answers how many there are of a kind. */
function everyDocument() {
  const to = join(folder, 'documents');
  const said = execFileSync(join(target, 'debug/tillctl'), ['documents', '--data', data, '--to', to], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const kinds = {};
  let most = 0;
  for (const { kind, file, says } of said.trim().split('\n').map((line) => JSON.parse(line))) {
    const bytes = new Uint8Array(readFileSync(file));
    const document = Automerge.load(bytes);
    const found = Object.entries(document).map(([map, fields]) => [map, Object.entries(fields)]);
    const value = (one) => (one instanceof Automerge.ImmutableString ? String(one) : one);
    const read = found
      .filter(([, fields]) => fields.length > 0)
      .map(([map, fields]) => [map, Object.fromEntries(fields.map(([key, one]) => [key, value(one)]))]);
    assert.deepEqual(Object.fromEntries(read), says, file);
    const authors = Automerge.getAllChanges(document).map((change) => Automerge.decodeChange(change).actor);
    most = Math.max(most, new Set(authors).size);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  const all = ['product', 'prices', 'settings', 'promotion', 'customer', 'shelf', 'count_sheet', 'parked_cart'];
  for (const kind of all) assert.ok(kinds[kind] > 0, kind);
  assert.deepEqual(Object.keys(kinds).sort(), all.sort(), 'every kind is known here');
  assert.ok(most > 2, 'the genesis and two authors are in one document');
  return Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function check(sku) {
  const file = join(folder, `${sku}.automerge`);
  const wanted = tillctl('product', sku, '--data', data, '--format', 'automerge', '--to', file);
  const product = Automerge.load(new Uint8Array(readFileSync(file)));
  const codes = (map) => Object.keys(map).filter((code) => String(map[code]) === sku);

  assert.deepEqual({ en: String(product.name.en), fr: String(product.name.fr) }, wanted.name);
  assert.equal(String(product.sku[sku]), wanted.unit);
  assert.deepEqual(codes(product.gtin), wanted.gtin);
  assert.deepEqual(codes(product.plu), wanted.plu);
  assert.ok(wanted.gtin.length + wanted.plu.length > 0, `${sku} has a code`);

  // Two people edit it apart: each of their fields is kept, the same in both.
  const [one, two] = [Automerge.clone(product), Automerge.clone(product)];
  const renamed = Automerge.change(one, (draft) => void (draft.name.en = plain('Another name')));
  const coded = Automerge.change(two, (draft) => void (draft.gtin['09526999999992'] = plain(sku)));
  const merged = Automerge.load(Automerge.save(Automerge.merge(renamed, coded)));
  assert.equal(String(merged.name.en), 'Another name');
  assert.equal(String(merged.name.fr), wanted.name.fr);
  assert.deepEqual(codes(merged.gtin), [...wanted.gtin, '09526999999992'].sort());
}

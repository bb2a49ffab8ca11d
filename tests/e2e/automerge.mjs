// A product's file is read by Automerge's own JavaScript as the engine's JSON says it, and edited by it.
//   node tests/e2e/automerge.mjs
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  console.log('three products are the same in Automerge, and can be edited there');
} finally {
  rmSync(folder, { recursive: true, force: true });
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

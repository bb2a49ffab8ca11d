// A store with so many SKUs that nothing about it is small, and its one operator.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { target } from '../tests/e2e/story.mjs';

export const SKUS = 100_000;
export const OPERATOR = { name: 'Bench', pin: '1234' };

/** Makes the store in a folder of its own, with an open shift, and takes it away afterwards. */
export async function withShop(use) {
  const folder = mkdtempSync(join(tmpdir(), 'comptoir-bench-'));
  try {
    console.error(`a store with ${SKUS.toLocaleString('en')} SKUs …`);
    const shop = { folder, data: join(folder, 'store') };
    stock(shop);
    await use(shop);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function tillctl({ data }, line, ...more) {
  const args = [...line.split(' '), ...more, '--data', data];
  const options = { input: OPERATOR.pin, stdio: ['pipe', 'ignore', 'inherit'] };
  execFileSync(join(target, 'release/tillctl'), args, options);
}

/** The code on the `n`th SKU. */
export function gtin(n) {
  const body = `0627${String(n).padStart(7, '0')}`;
  const sum = [...body].reduce((sum, digit, place) => sum + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return body + ((10 - (sum % 10)) % 10);
}

function stock(shop) {
  const file = join(shop.folder, 'products.csv');
  const rows = ['sku,name,name_fr,gtin,department,price,unit,tax_category'];
  for (let n = 0; n < SKUS; n += 1) {
    const price = `${(n % 90) + 1}.${String(n % 100).padStart(2, '0')}`;
    rows.push(`S${n},Article ${n},Article ${n},${gtin(n)},dept ${n % 20},${price},each,standard`);
  }
  writeFileSync(file, rows.join('\n') + '\n');
  tillctl(shop, 'init --tenant bench --store BENCH --region ON --register 1', '--name', 'Bench');
  tillctl(shop, 'import products', file);
  tillctl(shop, 'operator add --role manager --name', OPERATOR.name);
  tillctl(shop, 'shift open --float 200');
}

/**
 * Whether a scan is the barcode of a receipt of this store: `{store}{register}-{epoch}-{number}`, also one of
 * a training, `{store}{register}-T{training}-{number}`: the engine says what it is.
 * Goods may carry codes with dashes as well, so the store's own code has to lead.
 */
export function isReceiptNumber(code: string, store: string): boolean {
  return code.startsWith(store) && /^\d+-T?\d+-\d+$/.test(code.slice(store.length));
}

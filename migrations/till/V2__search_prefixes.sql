-- A prefix that the index holds is read as it is wanted; one that it does not hold is gathered whole
-- first, which takes long for a word that many names share. So all that people type of a word is held.
DROP TABLE sku_search;
CREATE VIRTUAL TABLE sku_search USING fts5 (words, content = '', contentless_delete = 1, detail = none,
    prefix = '1 2 3 4 5 6 7 8', tokenize = "unicode61 remove_diacritics 2");
INSERT INTO sku_search (rowid, words)
SELECT sku.id, name_en || ' ' || name_fr || ' ' || code
    || coalesce((SELECT ' ' || group_concat(gtin, ' ') FROM gtin WHERE gtin.sku = sku.id), '')
    || coalesce((SELECT ' ' || group_concat(plu, ' ') FROM plu WHERE plu.sku = sku.id), '')
FROM sku JOIN product ON product.id = sku.product WHERE NOT archived;

-- What sales and returns are found by in the journal. Each of these costs every sale something, so there are few.
CREATE INDEX find_sale_by_day ON sale (day);
CREATE INDEX find_sale_by_total ON sale (total);
CREATE INDEX find_sale_by_sku ON sale_line (sku) WHERE voided IS NULL;
CREATE INDEX find_sale_by_card ON sale_tender (number) WHERE number IS NOT NULL;
CREATE INDEX find_return_by_day ON return_sale (day);
CREATE INDEX find_return_by_total ON return_sale (total);
CREATE INDEX find_return_by_sku ON return_line (sku);
CREATE INDEX find_return_by_card ON return_tender (number) WHERE number IS NOT NULL;
CREATE INDEX reprint_of_sale ON reprint (sale);

-- Words of customers' notes, by the entry of the sale. Few sales have one, and only those cost anything.
CREATE VIRTUAL TABLE note_search USING fts5 (words, content = '', contentless_delete = 1, detail = none,
    prefix = '1 2 3 4 5 6 7 8', tokenize = "unicode61 remove_diacritics 2");
-- Notes of sales that are there already stand in their facts, which SQL cannot read: the till does, once.
INSERT INTO setting (key, value) SELECT 'read_notes', 'yes' WHERE EXISTS (SELECT 1 FROM sale);

-- The lines on a gift receipt, numbers with a space between; none on a duplicate.
ALTER TABLE reprint ADD COLUMN gift TEXT;

-- What cash roles move alone, in minor units; none is any.
ALTER TABLE store ADD COLUMN paid_in_alone INTEGER DEFAULT 50000 CHECK (paid_in_alone >= 0);
ALTER TABLE store ADD COLUMN paid_out_supervisor INTEGER CHECK (paid_out_supervisor >= 0);
ALTER TABLE store ADD COLUMN safe_drop_alone INTEGER CHECK (safe_drop_alone >= 0);
ALTER TABLE store ADD COLUMN no_sales_alone INTEGER DEFAULT 10 CHECK (no_sales_alone >= 0);
ALTER TABLE store ADD COLUMN cash_back_alone INTEGER CHECK (cash_back_alone >= 0);
-- Who let the drawer be opened, where the operator might not alone.
ALTER TABLE no_sale ADD COLUMN approved_by BLOB;

-- Sales and returns are found by the time of day as well: the minute of the day, in UTC.
CREATE INDEX find_sale_by_minute ON sale (completed_at / 60000 % 1440);
CREATE INDEX find_return_by_minute ON return_sale (completed_at / 60000 % 1440);

-- This till's own, not projected: an X may be printed without what leads to the cash in the drawer.
ALTER TABLE outbox ADD COLUMN blind INTEGER NOT NULL DEFAULT 0 CHECK (blind = 0 OR blind = 1);

-- What a newer till has said of it already stands in documents and facts, which SQL cannot read: the till does, once.
INSERT INTO setting (key, value) SELECT 'read_cash', 'yes' WHERE EXISTS (SELECT 1 FROM journal);

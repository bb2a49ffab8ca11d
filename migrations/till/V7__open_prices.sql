-- How the store sells: layouts of the barcodes that its scales print, one a line; open items by name.
ALTER TABLE store ADD COLUMN price_barcodes TEXT NOT NULL DEFAULT '';
ALTER TABLE store ADD COLUMN miscellaneous INTEGER NOT NULL DEFAULT 0 CHECK (miscellaneous IN (0, 1));

-- Its price is keyed at the counter.
ALTER TABLE product ADD COLUMN open_price INTEGER NOT NULL DEFAULT 0 CHECK (open_price IN (0, 1));

-- Deposits and fees, which are paid along with each piece of a SKU: articles of their own, so many of each.
CREATE TABLE sku_charge (
    sku    INTEGER NOT NULL REFERENCES sku (id) ON DELETE CASCADE,
    charge TEXT    NOT NULL,
    each   INTEGER NOT NULL CHECK (each BETWEEN 1 AND 9999),
    PRIMARY KEY (sku, charge)
) STRICT, WITHOUT ROWID;

-- From here on: this till's own, not projected.

-- The line that a deposit or a fee goes with.
ALTER TABLE cart_line ADD COLUMN of_line INTEGER;

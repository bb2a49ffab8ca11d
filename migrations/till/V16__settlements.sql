-- How a card attempt was settled by a person, found by the cart or the return that it belongs to.
CREATE TABLE card_settlement (
    entry       INTEGER PRIMARY KEY REFERENCES journal (id),
    cart        BLOB    NOT NULL CHECK (length(cart) = 16),
    kind        TEXT    NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    -- nothing, when nothing was
    moved       INTEGER CHECK (moved > 0),
    approved_by BLOB    CHECK (length(approved_by) = 16)
) STRICT;
CREATE INDEX card_settlement_of_cart ON card_settlement (cart);

-- The cart that the goods were taken out of.
ALTER TABLE age_refusal ADD COLUMN cart BLOB CHECK (length(cart) = 16);
CREATE INDEX age_refusal_of_cart ON age_refusal (cart);

-- What is there already stands in facts, which SQL cannot read: the till does, once.
INSERT INTO setting (key, value) SELECT 'read_settlements', 'yes' WHERE EXISTS (SELECT 1 FROM journal);

-- Prices changed at the counter, notes, and carts that wait under a name.
ALTER TABLE cart ADD COLUMN discount TEXT;
ALTER TABLE cart ADD COLUMN discount_reason INTEGER;
ALTER TABLE cart ADD COLUMN approved_by BLOB;
ALTER TABLE cart ADD COLUMN note TEXT;
ALTER TABLE cart ADD COLUMN parked_as TEXT;
ALTER TABLE cart ADD COLUMN parked_at INTEGER;
ALTER TABLE cart ADD COLUMN parked_by BLOB;
-- A counter has one cart in hand; all others are parked.
CREATE UNIQUE INDEX one_cart_in_hand ON cart ((1)) WHERE parked_as IS NULL;

ALTER TABLE cart_line ADD COLUMN list_price INTEGER;
ALTER TABLE cart_line ADD COLUMN price_reason INTEGER;
ALTER TABLE cart_line ADD COLUMN discount TEXT;
ALTER TABLE cart_line ADD COLUMN discount_reason INTEGER;
ALTER TABLE cart_line ADD COLUMN approved_by BLOB;
ALTER TABLE cart_line ADD COLUMN note TEXT;

-- What the catalogue asked for the line minus what it was sold for; who approved that.
ALTER TABLE sale_line ADD COLUMN reduction INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale_line ADD COLUMN approved_by BLOB;

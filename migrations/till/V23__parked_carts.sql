-- Carts that wait for anybody of the store: what is in one stands in its document.
CREATE TABLE parked_cart (
    document  BLOB    PRIMARY KEY CHECK (length(document) = 16),
    parked_at INTEGER NOT NULL,
    -- somebody took it in hand again
    taken     INTEGER NOT NULL CHECK (taken IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX parked_cart_waiting ON parked_cart (parked_at, document) WHERE taken = 0;

-- Who took it, and as which cart: tills that did not see each other may be several.
CREATE TABLE parked_cart_taken (
    document BLOB    NOT NULL CHECK (length(document) = 16),
    device   BLOB    NOT NULL CHECK (length(device) = 16),
    at       INTEGER NOT NULL,
    cart     BLOB    NOT NULL CHECK (length(cart) = 16),
    PRIMARY KEY (document, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX taken_cart ON parked_cart_taken (cart);

-- The document of a cart that is parked, or was.
ALTER TABLE cart ADD COLUMN document BLOB CHECK (length(document) = 16);

-- The last entry here when a card was first asked for a return: what comes back elsewhere afterwards does not keep the
-- return from being completed, for the card has its money. None of one that an older version began.
ALTER TABLE begun_return ADD COLUMN known INTEGER;

-- What made a return safe to repeat. Two halves of a till that ran twice may have carried out one request each, and both
-- returns stand. None of one that was written before: its request is its id.
CREATE TABLE return_request (
    entry   INTEGER PRIMARY KEY REFERENCES return_sale (entry),
    request BLOB    NOT NULL CHECK (length(request) = 16)
) STRICT;
CREATE INDEX find_return_request ON return_request (request);

-- What is there already stands in facts, which SQL cannot read: the till does, once.
INSERT INTO setting (key, value) SELECT 'read_requests', 'yes' WHERE EXISTS (SELECT 1 FROM journal);

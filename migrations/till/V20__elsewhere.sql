-- What this till knows of the others: its own, and not in the journal.

-- The place that head office gave to this till; the key of head office stands in `enrolled`.
CREATE TABLE membership (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    url         TEXT    NOT NULL,
    head_office BLOB    NOT NULL CHECK (length(head_office) = 16),
    -- X.509, DER; renewed before it ends
    certificate BLOB    NOT NULL,
    authority   BLOB    NOT NULL,
    -- of the certificate, by head office's clock
    valid_from  INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    -- PEM of an authority that signed the server's certificate, if the system does not know it
    server_authority TEXT,
    -- how far head office's log was read
    log         BLOB CHECK (length(log) = 16),
    position    INTEGER,
    CHECK ((log IS NULL) = (position IS NULL))
) STRICT;

-- Neighbours that are dialled, besides those that are found.
CREATE TABLE neighbour_address (
    address TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Up to where another device has a chain on its disk.
CREATE TABLE elsewhere (
    peer   BLOB    NOT NULL CHECK (length(peer) = 16),
    device BLOB    NOT NULL CHECK (length(device) = 16),
    epoch  INTEGER NOT NULL,
    scope  INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (peer, device, epoch, scope)
) STRICT, WITHOUT ROWID;

-- The last contact with another device.
CREATE TABLE contact (
    peer  BLOB    PRIMARY KEY CHECK (length(peer) = 16),
    at    INTEGER NOT NULL,
    -- its clock minus ours, in milliseconds
    ahead INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

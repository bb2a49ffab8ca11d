-- This till's own, not projected: up to which entries another history of a chain of its own, which its disk had lost, was
-- said again. One for each answer that brought something of it.
CREATE TABLE regained (
    device BLOB    NOT NULL CHECK (length(device) = 16),
    epoch  INTEGER NOT NULL,
    scope  INTEGER NOT NULL,
    seq    INTEGER NOT NULL CHECK (seq >= 1),
    hash   BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (device, epoch, scope, hash)
) STRICT, WITHOUT ROWID;

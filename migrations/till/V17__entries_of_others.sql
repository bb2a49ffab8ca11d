-- The tenant's other devices, whose entries are believed.
CREATE TABLE enrolled (
    device     BLOB    PRIMARY KEY CHECK (length(device) = 16),
    public_key BLOB    NOT NULL CHECK (length(public_key) = 32),
    -- none at head office
    store      TEXT,
    revoked    INTEGER NOT NULL DEFAULT 0 CHECK (revoked = 0 OR revoked = 1)
) STRICT, WITHOUT ROWID;

-- Of a device that was revoked: the last entry of each chain that is still believed.
CREATE TABLE last_good (
    device BLOB    NOT NULL REFERENCES enrolled (device),
    epoch  INTEGER NOT NULL,
    scope  INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (device, epoch, scope)
) STRICT, WITHOUT ROWID;

-- Two histories of one epoch, both signed: nothing more of it is taken in.
CREATE TABLE fork (
    device   BLOB    NOT NULL,
    epoch    INTEGER NOT NULL,
    scope    INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    mine     BLOB    NOT NULL CHECK (length(mine) = 32),
    theirs   BLOB    NOT NULL CHECK (length(theirs) = 32),
    found_at INTEGER NOT NULL,
    PRIMARY KEY (device, epoch, scope)
) STRICT, WITHOUT ROWID;

-- What came and was not believed, as it came.
CREATE TABLE quarantine (
    id        INTEGER PRIMARY KEY,
    device    BLOB    NOT NULL,
    epoch     INTEGER NOT NULL,
    scope     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    hash      BLOB    NOT NULL CHECK (length(hash) = 32),
    reason    TEXT    NOT NULL,
    entry     BLOB    NOT NULL,
    signature BLOB    NOT NULL,
    came_at   INTEGER NOT NULL,
    UNIQUE (device, epoch, scope, seq, hash)
) STRICT;

-- Entries of others that stand in the journal and that the tables cannot show: the rest goes on without them.
CREATE TABLE unprojected (
    entry   INTEGER PRIMARY KEY REFERENCES journal (id),
    problem TEXT    NOT NULL
) STRICT;

-- Changes of documents that cannot be taken in; the rest of their entries is.
CREATE TABLE refused_change (
    entry    INTEGER NOT NULL REFERENCES journal (id),
    document BLOB    NOT NULL CHECK (length(document) = 16),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    problem  TEXT    NOT NULL,
    PRIMARY KEY (entry, document, hash)
) STRICT, WITHOUT ROWID;

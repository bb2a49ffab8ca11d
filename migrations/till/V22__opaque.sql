-- Entries that a newer device wrote and this version does not understand: kept, relayed, and shown once it does.
CREATE TABLE opaque (
    entry INTEGER PRIMARY KEY REFERENCES journal (id)
) STRICT;

-- What has to be made sure of before goods are handed over.
ALTER TABLE cart ADD COLUMN age_checked INTEGER;
ALTER TABLE cart ADD COLUMN age_proof INTEGER;
ALTER TABLE cart ADD COLUMN age_checked_by BLOB;
ALTER TABLE cart_line ADD COLUMN cannabis TEXT;
ALTER TABLE cart_line ADD COLUMN net_milligrams INTEGER;

-- Refusals are what an inspector asks for.
CREATE TABLE age_refusal (
    entry INTEGER PRIMARY KEY REFERENCES journal (id),
    age   INTEGER NOT NULL,
    lines INTEGER NOT NULL
) STRICT;

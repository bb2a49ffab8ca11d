-- When what stands here of an operator was written, by the hybrid logical clock, and by which device: what comes later
-- and was written earlier changes nothing.
ALTER TABLE operator ADD COLUMN written INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN written_by BLOB NOT NULL DEFAULT x'';

-- What is there already stands in facts, which SQL cannot read: the till does, once.
INSERT INTO setting (key, value) SELECT 'read_operators', 'yes' WHERE EXISTS (SELECT 1 FROM journal);

-- A role may be allowed to take nothing off alone: none of it is a limit too.
ALTER TABLE store ADD COLUMN limit_cashier INTEGER NOT NULL DEFAULT 1000 CHECK (limit_cashier BETWEEN 0 AND 10000);
ALTER TABLE store ADD COLUMN limit_supervisor INTEGER NOT NULL DEFAULT 5000 CHECK (limit_supervisor BETWEEN 0 AND 10000);
UPDATE store SET limit_cashier = discount_cashier, limit_supervisor = discount_supervisor;
ALTER TABLE store DROP COLUMN discount_cashier;
ALTER TABLE store DROP COLUMN discount_supervisor;

-- This till's own, not projected: an X may be printed without what leads to the cash in the drawer.
ALTER TABLE outbox ADD COLUMN blind INTEGER NOT NULL DEFAULT 0 CHECK (blind = 0 OR blind = 1);

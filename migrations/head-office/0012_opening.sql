-- What a new till is told of a store's operators is found without reading the log.
CREATE INDEX operator_entry ON entry (tenant_id, store, position) WHERE kind = 'operator_saved';

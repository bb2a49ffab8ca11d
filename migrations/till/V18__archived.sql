-- The few products that are archived: how many are not is then counted without looking at every product.
CREATE INDEX archived_product ON product (archived) WHERE archived = 1;

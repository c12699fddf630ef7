-- An enclosed file of a mail is a record of its own: in which record it came,
-- '' for one that was received by itself.
ALTER TABLE record ADD COLUMN enclosed_in TEXT NOT NULL DEFAULT '';
CREATE INDEX record_enclosed ON record (enclosed_in) WHERE enclosed_in <> '';

-- The log's screen says how many entries there are of each event and of each
-- account, for any period: answered from this index alone.
CREATE INDEX audit_entry_tally ON audit_entry (event, actor, at, result);

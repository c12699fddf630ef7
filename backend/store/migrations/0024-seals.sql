-- Every change carries the digest of all that the catalogue then held of its
-- subject, and is chained to the change before it (package catalog). The seals
-- of single rows, which covered neither text nor notes, go.
ALTER TABLE change ADD COLUMN content TEXT NOT NULL DEFAULT '';
ALTER TABLE change ADD COLUMN chain TEXT NOT NULL DEFAULT '';
CREATE INDEX change_subject ON change (kind, id, seq);
ALTER TABLE case_file DROP COLUMN digest;
ALTER TABLE record DROP COLUMN digest;

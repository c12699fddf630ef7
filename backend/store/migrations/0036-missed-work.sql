-- Derived work that records of earlier versions never got (package ingest): of
-- each kind of job, the last record that was looked at. The row goes with the
-- last one; whatever is stored from now on gets its work when it is stored.
CREATE TABLE missed_work (
  kind   TEXT PRIMARY KEY,
  looked TEXT NOT NULL
) STRICT;
INSERT INTO missed_work (kind, looked) SELECT 'subtitles', '' WHERE EXISTS (SELECT 1 FROM record WHERE medium IN ('video', 'audio'));
INSERT INTO missed_work (kind, looked) SELECT 'enclosures', '' WHERE EXISTS (SELECT 1 FROM record WHERE format = 'ofd');

-- What was done for a record is asked for each of very many.
CREATE INDEX job_subject ON job (subject);

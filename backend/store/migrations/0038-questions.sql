-- How far all records were asked for each kind of derived work (package ingest),
-- by the version of the question: a program that can do more puts it anew.
CREATE TABLE question (
  kind     TEXT PRIMARY KEY,
  answered INTEGER NOT NULL, -- version that every record was asked for
  put      INTEGER NOT NULL, -- version that they are asked for now; answered when none is
  since    TEXT NOT NULL,    -- when that was put
  looked   TEXT NOT NULL     -- last record that was looked at
) STRICT;
INSERT INTO question (kind, answered, put, since, looked)
  SELECT k, NOT EXISTS (SELECT 1 FROM missed_work WHERE kind = k), 0, '', '' FROM (SELECT 'subtitles' AS k UNION ALL SELECT 'enclosures');
UPDATE question SET put = answered;
DROP TABLE missed_work;

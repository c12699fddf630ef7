-- What was read off pages that are pictures (package catalog). What a file
-- itself holds stands in page_text and is never changed by it.
CREATE TABLE page_ocr (
  record_id  TEXT NOT NULL REFERENCES record (id),
  page       INTEGER NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('done', 'failed')),
  engine     TEXT NOT NULL DEFAULT '',
  text       TEXT NOT NULL DEFAULT '',
  boxes      BLOB NOT NULL DEFAULT x'',
  confidence REAL NOT NULL DEFAULT 0,
  code       TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (record_id, page)
) STRICT;
CREATE INDEX page_text_unread ON page_text (record_id, page) WHERE source IN ('none', 'garbled');

-- What a long job has done so far (package jobs): a crash loses one part.
CREATE TABLE job_part (
  job_id TEXT NOT NULL REFERENCES job (id),
  number INTEGER NOT NULL,
  data   BLOB NOT NULL,
  PRIMARY KEY (job_id, number)
) STRICT;

-- Kinds of job that a person holds back.
CREATE TABLE job_pause (
  kind  TEXT PRIMARY KEY,
  since TEXT NOT NULL
) STRICT;

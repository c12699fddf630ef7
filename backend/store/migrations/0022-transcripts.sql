-- What is spoken in a recording, in lines: each file, each embedded track, what
-- was typed and what a machine heard is a line of its own, and every change of a
-- line is a new version that keeps what stood before (package catalog). The old
-- rule that a source gives one version only goes, and with it two tables; their
-- rows stay as they were.
CREATE TABLE transcript_new (
  id         TEXT PRIMARY KEY,
  record_id  TEXT NOT NULL REFERENCES record (id),
  source_id  TEXT NOT NULL REFERENCES record (id),
  version    INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  line       TEXT NOT NULL DEFAULT '',   -- first version of the line; '' = this is it
  origin     TEXT NOT NULL DEFAULT '',   -- '' file, embedded, typed, machine
  track      INTEGER NOT NULL DEFAULT 0, -- of embedded ones, 1-based
  label      TEXT NOT NULL DEFAULT '',
  language   TEXT NOT NULL DEFAULT '',
  engine     TEXT NOT NULL DEFAULT '',
  act        TEXT NOT NULL DEFAULT '',   -- what made this version of the one before
  author     TEXT NOT NULL DEFAULT '',
  author_id  TEXT NOT NULL DEFAULT '',
  UNIQUE (record_id, version)
) STRICT;
INSERT INTO transcript_new (id, record_id, source_id, version, created_at)
  SELECT id, record_id, source_id, version, created_at FROM transcript;

-- A cue is written once, in the version that brought it, under a number that is
-- its name in the line; ended is the version that no longer has it, 0 while it
-- stands.
CREATE TABLE cue_new (
  transcript_id TEXT NOT NULL REFERENCES transcript_new (id),
  number        INTEGER NOT NULL,
  from_ms       INTEGER NOT NULL,
  to_ms         INTEGER NOT NULL,
  speaker       TEXT NOT NULL,
  text          TEXT NOT NULL,
  ended         INTEGER NOT NULL DEFAULT 0,
  engine        TEXT NOT NULL DEFAULT '',
  confidence    INTEGER NOT NULL DEFAULT 0, -- thousandths, 0 unknown
  checked_by    TEXT NOT NULL DEFAULT '',
  checked_id    TEXT NOT NULL DEFAULT '',
  checked_at    TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (transcript_id, number)
) STRICT;
INSERT INTO cue_new (transcript_id, number, from_ms, to_ms, speaker, text)
  SELECT transcript_id, number, from_ms, to_ms, speaker, text FROM cue;

DROP TABLE cue;
DROP TABLE transcript;
ALTER TABLE transcript_new RENAME TO transcript;
ALTER TABLE cue_new RENAME TO cue;
CREATE INDEX transcript_line ON transcript (line) WHERE line <> '';

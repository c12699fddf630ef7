-- The description of the archive (package catalog).

CREATE TABLE fonds (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  organ      TEXT NOT NULL,
  number     TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE case_file (
  id          TEXT PRIMARY KEY,
  code        TEXT NOT NULL UNIQUE,
  title       TEXT NOT NULL,
  case_number TEXT NOT NULL,
  type        TEXT NOT NULL,
  party       TEXT NOT NULL,
  officers    TEXT NOT NULL,
  date_from   TEXT NOT NULL,
  date_to     TEXT NOT NULL,
  retention   TEXT NOT NULL,
  status      TEXT NOT NULL,
  suspected   INTEGER NOT NULL DEFAULT 0,
  created_at  TEXT NOT NULL,
  created_by  TEXT NOT NULL,
  digest      TEXT NOT NULL
) STRICT;

-- An original is known by its digest and described once.
CREATE TABLE record (
  id           TEXT PRIMARY KEY,
  case_id      TEXT NOT NULL REFERENCES case_file (id),
  number       INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  medium       TEXT NOT NULL,
  stage        TEXT NOT NULL,
  title        TEXT NOT NULL,
  date         TEXT NOT NULL,
  file_name    TEXT NOT NULL,
  format       TEXT NOT NULL,
  size         INTEGER NOT NULL,
  sha256       TEXT NOT NULL UNIQUE,
  sm3          TEXT NOT NULL,
  stored_at    TEXT NOT NULL,
  stored_by    TEXT NOT NULL,
  pages        INTEGER NOT NULL DEFAULT 0,
  frames       INTEGER NOT NULL DEFAULT 0,
  duration     REAL NOT NULL DEFAULT 0,
  width        INTEGER NOT NULL DEFAULT 0,
  height       INTEGER NOT NULL DEFAULT 0,
  started_at   TEXT NOT NULL DEFAULT '',
  completed_at TEXT NOT NULL DEFAULT '',
  due_at       TEXT NOT NULL DEFAULT '',
  timeliness   TEXT NOT NULL,
  index_state  TEXT NOT NULL,
  text_state   TEXT NOT NULL,
  text_reason  TEXT NOT NULL DEFAULT '',
  chain_id     TEXT NOT NULL DEFAULT '',
  segment      INTEGER NOT NULL DEFAULT 0,
  clock_offset REAL NOT NULL DEFAULT 0,
  suspected    INTEGER NOT NULL DEFAULT 0,
  digest       TEXT NOT NULL,
  UNIQUE (case_id, number)
) STRICT;
CREATE INDEX record_chain ON record (chain_id) WHERE chain_id <> '';

CREATE TABLE page_text (
  record_id TEXT NOT NULL REFERENCES record (id),
  page      INTEGER NOT NULL,
  source    TEXT NOT NULL,
  text      TEXT NOT NULL,
  PRIMARY KEY (record_id, page)
) STRICT;

-- A transcript is never overwritten: a new one is a new version.
CREATE TABLE transcript (
  id         TEXT PRIMARY KEY,
  record_id  TEXT NOT NULL REFERENCES record (id),
  source_id  TEXT NOT NULL REFERENCES record (id),
  version    INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (record_id, version),
  UNIQUE (record_id, source_id)
) STRICT;

CREATE TABLE cue (
  transcript_id TEXT NOT NULL REFERENCES transcript (id),
  number        INTEGER NOT NULL,
  from_ms       INTEGER NOT NULL,
  to_ms         INTEGER NOT NULL,
  speaker       TEXT NOT NULL,
  text          TEXT NOT NULL,
  PRIMARY KEY (transcript_id, number)
) STRICT;

CREATE TABLE annotation (
  id         TEXT PRIMARY KEY,
  record_id  TEXT NOT NULL REFERENCES record (id),
  viewing_id TEXT NOT NULL,
  frame      INTEGER NOT NULL,
  frame_to   INTEGER NOT NULL,
  page       INTEGER NOT NULL,
  time_ms    INTEGER NOT NULL,
  text       TEXT NOT NULL,
  author     TEXT NOT NULL,
  author_id  TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX annotation_record ON annotation (record_id, frame, page);

-- The feed that followers read: gapless, one row a change.
CREATE TABLE change (
  seq  INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id   TEXT NOT NULL
) STRICT;

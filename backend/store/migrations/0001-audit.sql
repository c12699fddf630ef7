-- The log. docs/formats/log.md describes body, details and hashes.

-- The archive's own identity, made once.
CREATE TABLE audit_origin (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  archive TEXT NOT NULL,
  made    TEXT NOT NULL
) STRICT;

-- Public keys that have signed, oldest first. The private halves lie elsewhere.
CREATE TABLE audit_key (
  fingerprint TEXT PRIMARY KEY,
  public      TEXT NOT NULL,
  since       INTEGER NOT NULL -- the first entry it may cover
) STRICT;

-- body is what the tree covers; at, actor, event and result repeat it so that
-- they can be searched, and verification compares them.
CREATE TABLE audit_entry (
  seq     INTEGER PRIMARY KEY,
  body    TEXT NOT NULL,
  details TEXT,
  salt    BLOB,
  at      TEXT NOT NULL,
  actor   TEXT NOT NULL,
  event   TEXT NOT NULL,
  result  TEXT NOT NULL,
  CHECK ((details IS NULL) = (salt IS NULL))
) STRICT;
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_actor ON audit_entry (actor, seq);
CREATE INDEX audit_entry_event ON audit_entry (event, seq);

-- Which entries speak of what.
CREATE TABLE audit_object (
  kind TEXT NOT NULL,
  id   TEXT NOT NULL,
  seq  INTEGER NOT NULL REFERENCES audit_entry (seq),
  PRIMARY KEY (kind, id, seq)
) STRICT, WITHOUT ROWID;

-- Stored hashes of the Merkle tree, in the order of golang.org/x/mod/sumdb/tlog.
CREATE TABLE audit_hash (
  idx  INTEGER PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE audit_checkpoint (
  size INTEGER PRIMARY KEY,
  at   TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_entry_order BEFORE INSERT ON audit_entry
  WHEN NEW.seq IS NULL OR NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_entry)
  BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END;
CREATE TRIGGER audit_entry_keep BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_entry_hold BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_object_keep BEFORE UPDATE ON audit_object BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_object_hold BEFORE DELETE ON audit_object BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_hash_keep BEFORE UPDATE ON audit_hash BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_hash_hold BEFORE DELETE ON audit_hash BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_checkpoint_keep BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_checkpoint_hold BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_origin_keep BEFORE UPDATE ON audit_origin BEGIN SELECT RAISE(ABORT, 'an archive keeps its identity'); END;
CREATE TRIGGER audit_origin_hold BEFORE DELETE ON audit_origin BEGIN SELECT RAISE(ABORT, 'an archive keeps its identity'); END;

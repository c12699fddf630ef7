-- Witnesses: checkpoints that left the house, as printed sheets, on a stick,
-- or cosigned by another workstation. seq is the entry that says so.
CREATE TABLE audit_witness (
  seq   INTEGER PRIMARY KEY REFERENCES audit_entry (seq),
  kind  TEXT NOT NULL, -- print, medium, cosignature
  size  INTEGER NOT NULL,
  note  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_witness_size ON audit_witness (size);
CREATE TRIGGER audit_witness_keep BEFORE UPDATE ON audit_witness BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_witness_hold BEFORE DELETE ON audit_witness BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;

-- Logs of other workstations that this one has cosigned, as it saw them last.
CREATE TABLE audit_cosigned (
  origin TEXT PRIMARY KEY,
  public TEXT NOT NULL,
  size   INTEGER NOT NULL,
  root   BLOB NOT NULL CHECK (length(root) = 32),
  at     TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_cosigned_grows BEFORE UPDATE ON audit_cosigned WHEN NEW.origin <> OLD.origin OR NEW.size < OLD.size
  BEGIN SELECT RAISE(ABORT, 'a log that was seen only grows'); END;
CREATE TRIGGER audit_cosigned_hold BEFORE DELETE ON audit_cosigned BEGIN SELECT RAISE(ABORT, 'what was seen stays seen'); END;

CREATE TRIGGER audit_key_keep BEFORE UPDATE ON audit_key BEGIN SELECT RAISE(ABORT, 'a key that signed stays known'); END;
CREATE TRIGGER audit_key_hold BEFORE DELETE ON audit_key BEGIN SELECT RAISE(ABORT, 'a key that signed stays known'); END;

-- The register is paged by number within a time, an event and a result.
CREATE INDEX audit_entry_result ON audit_entry (result, seq) WHERE result <> 'ok';

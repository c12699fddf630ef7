-- The keys that open backups (package preservation): their public halves, and
-- where the secret halves were put. The secret half is never in here.
CREATE TABLE backup_key (
  public  TEXT PRIMARY KEY,
  place   TEXT NOT NULL, -- path of the file at the time it was made
  account TEXT NOT NULL REFERENCES account (id),
  at      TEXT NOT NULL
) STRICT;
CREATE TRIGGER backup_key_keep BEFORE DELETE ON backup_key BEGIN SELECT RAISE(ABORT, 'a backup key is never forgotten'); END;

-- The people of the archive. An account is never deleted: the log names it.
CREATE TABLE account (
  id         TEXT PRIMARY KEY,
  number     TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  department TEXT NOT NULL,
  password   TEXT NOT NULL, -- argon2id in PHC form
  created    TEXT NOT NULL
) STRICT;
CREATE TRIGGER account_hold BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'an account is never deleted'); END;

CREATE TABLE account_role (
  account TEXT NOT NULL REFERENCES account (id),
  role    TEXT NOT NULL,
  PRIMARY KEY (account, role)
) STRICT, WITHOUT ROWID;

-- Failures at sign-in by the number typed, whether it exists or not, so that
-- the answers do not tell which numbers exist.
CREATE TABLE sign_in_failure (
  number TEXT PRIMARY KEY,
  count  INTEGER NOT NULL,
  last   TEXT NOT NULL,
  until  TEXT NOT NULL -- locked until; '' when not
) STRICT;

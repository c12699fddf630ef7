-- Searches that a person keeps under a name.
CREATE TABLE saved_search (
  id         TEXT PRIMARY KEY,
  account    TEXT NOT NULL REFERENCES account (id),
  name       TEXT NOT NULL,
  query      TEXT NOT NULL, -- JSON
  created_at TEXT NOT NULL,
  UNIQUE (account, name)
) STRICT;

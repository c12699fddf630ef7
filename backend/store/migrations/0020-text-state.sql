-- Papers are counted and listed by the state of their text.
CREATE INDEX record_text_state ON record (text_state, id);

-- Sessions that have ended are forgotten, the earliest first.
CREATE INDEX sessions_by_end ON sessions (ends_at);

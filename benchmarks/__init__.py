"""Like work for like: one small Hub in several engines, and this simulator's own figures (`make bench`)."""

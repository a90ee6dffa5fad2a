"""The search over articles beside full-text search, TF-IDF and BM25: quality, latency and memory in one run."""

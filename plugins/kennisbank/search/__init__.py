"""Finding entries with Dutch words: the analysis of words, the index, and what is asked of it."""

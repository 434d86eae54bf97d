"""What a run and a sweep show of themselves: summary, figures, tables, one client's story."""

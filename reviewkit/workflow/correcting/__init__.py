"""What people put right by hand: fields of records, duplicates, names of reviewers."""

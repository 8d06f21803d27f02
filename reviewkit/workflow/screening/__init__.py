"""What reviewers do: screen, resolve, agree, stop."""

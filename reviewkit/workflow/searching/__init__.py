"""Records brought in: from services, from files, from the list that stands in for a search."""

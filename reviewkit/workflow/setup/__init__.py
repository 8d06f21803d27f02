"""The verbs before the first search: a protocol written and checked, headings looked up."""

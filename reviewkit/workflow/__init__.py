"""The verbs: the only place where the pure floors meet files, services and the store."""
